//! No encryption, for quinn: the traits of its cryptography, doing nothing. Handshakes still take the round trips of TLS 1.3:
//! each side greets with its transport parameters, and then says that it is done.

use std::any::Any;
use std::sync::Arc;

use bytes::BytesMut;
use quinn_proto::crypto::{
    self, CryptoError, ExportKeyingMaterialError, HeaderKey, KeyPair, Keys, PacketKey, UnsupportedVersion,
};
use quinn_proto::transport_parameters::TransportParameters;
use quinn_proto::{ClientConfig, ConnectError, ConnectionId, ServerConfig, Side, TransportError};

/// The message that ends the handshake.
const DONE: u8 = b'D';

pub(super) fn server() -> ServerConfig {
    ServerConfig::with_crypto(Arc::new(Plain))
}

pub(super) fn client() -> ClientConfig {
    ClientConfig::new(Arc::new(Plain))
}

/// The two configurations, and every key: none has anything to keep.
struct Plain;

fn keys() -> Keys {
    Keys { header: KeyPair { local: Box::new(Plain), remote: Box::new(Plain) }, packet: packet_keys() }
}

fn packet_keys() -> KeyPair<Box<dyn PacketKey>> {
    KeyPair { local: Box::new(Plain), remote: Box::new(Plain) }
}

/// What a side has said and heard.
struct Session {
    side: Side,
    ours: TransportParameters,
    theirs: Option<TransportParameters>,
    said: Said,
    is_done: bool,
}

enum Said {
    Nothing,
    Parameters,
    /// It has the keys in which it says that it is done.
    ParametersAndMore,
    Done,
}

impl Session {
    fn boxed(side: Side, ours: TransportParameters) -> Box<dyn crypto::Session> {
        Box::new(Self { side, ours, theirs: None, said: Said::Nothing, is_done: false })
    }
}

impl crypto::Session for Session {
    fn initial_keys(&self, _: &ConnectionId, _: Side) -> Keys {
        keys()
    }

    fn handshake_data(&self) -> Option<Box<dyn Any>> {
        None
    }

    fn peer_identity(&self) -> Option<Box<dyn Any>> {
        None
    }

    fn early_crypto(&self) -> Option<(Box<dyn HeaderKey>, Box<dyn PacketKey>)> {
        None
    }

    fn early_data_accepted(&self) -> Option<bool> {
        None
    }

    fn is_handshaking(&self) -> bool {
        !self.is_done
    }

    fn read_handshake(&mut self, mut message: &[u8]) -> Result<bool, TransportError> {
        if self.theirs.is_none() {
            self.theirs = Some(TransportParameters::read(self.side, &mut message)?);
        } else {
            self.is_done = message == [DONE];
        }
        Ok(false)
    }

    fn transport_parameters(&self) -> Result<Option<TransportParameters>, TransportError> {
        Ok(self.theirs)
    }

    /// Asked again after each step, until nothing is written and no keys come. The keys are for what follows.
    fn write_handshake(&mut self, message: &mut Vec<u8>) -> Option<Keys> {
        match self.said {
            Said::Nothing => {
                self.ours.write(message);
                self.said = Said::Parameters;
                None
            }
            Said::Parameters if self.theirs.is_some() => {
                self.said = Said::ParametersAndMore;
                Some(keys())
            }
            // As in TLS the server is done first: it was all that the client had to hear.
            Said::ParametersAndMore if self.is_done || self.side.is_server() => {
                message.push(DONE);
                self.said = Said::Done;
                Some(keys())
            }
            _ => None,
        }
    }

    fn next_1rtt_keys(&mut self) -> Option<KeyPair<Box<dyn PacketKey>>> {
        Some(packet_keys())
    }

    fn is_valid_retry(&self, _: &ConnectionId, _: &[u8], _: &[u8]) -> bool {
        false
    }

    fn export_keying_material(
        &self,
        _: &mut [u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<(), ExportKeyingMaterialError> {
        Err(ExportKeyingMaterialError)
    }
}

impl crypto::ClientConfig for Plain {
    fn start_session(
        self: Arc<Self>,
        _: u32,
        _: &str,
        ours: &TransportParameters,
    ) -> Result<Box<dyn crypto::Session>, ConnectError> {
        Ok(Session::boxed(Side::Client, *ours))
    }
}

impl crypto::ServerConfig for Plain {
    fn initial_keys(&self, _: u32, _: &ConnectionId) -> Result<Keys, UnsupportedVersion> {
        Ok(keys())
    }

    fn retry_tag(&self, _: u32, _: &ConnectionId, _: &[u8]) -> [u8; 16] {
        [0; 16]
    }

    fn start_session(self: Arc<Self>, _: u32, ours: &TransportParameters) -> Box<dyn crypto::Session> {
        Session::boxed(Side::Server, *ours)
    }
}

impl PacketKey for Plain {
    fn encrypt(&self, _: u64, _: &mut [u8], _: usize) {}

    fn decrypt(&self, _: u64, _: &[u8], _: &mut BytesMut) -> Result<(), CryptoError> {
        Ok(())
    }

    fn tag_len(&self) -> usize {
        0
    }

    fn confidentiality_limit(&self) -> u64 {
        u64::MAX
    }

    fn integrity_limit(&self) -> u64 {
        u64::MAX
    }
}

impl HeaderKey for Plain {
    fn decrypt(&self, _: usize, _: &mut [u8]) {}

    fn encrypt(&self, _: usize, _: &mut [u8]) {}

    fn sample_size(&self) -> usize {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(side: Side) -> Box<dyn crypto::Session> {
        // initial_max_data (4), in one byte: 16. What has its default value isn't written.
        let parameters = TransportParameters::read(side, &mut [4_u8, 1, 16].as_slice());
        Session::boxed(side, parameters.expect("parameters"))
    }

    /// Everything that a side has to say now, as one message for each of its keys.
    fn say(session: &mut dyn crypto::Session) -> Vec<Vec<u8>> {
        let mut said = Vec::new();
        loop {
            let mut message = Vec::new();
            let keys = session.write_handshake(&mut message);
            if keys.is_none() && message.is_empty() {
                return said;
            }
            said.extend(Some(message).filter(|message| !message.is_empty()));
        }
    }

    #[test]
    fn a_handshake_takes_one_round_trip_and_a_word_as_tls_does() {
        let (mut client, mut server) = (session(Side::Client), session(Side::Server));
        let mut said = Vec::new();
        for turn in 0..3 {
            let (from, to) = if turn == 1 { (&mut server, &mut client) } else { (&mut client, &mut server) };
            let messages = say(from.as_mut());
            said.push(messages.len());
            for message in messages {
                assert!(to.is_handshaking());
                to.read_handshake(&message).expect("a good message");
            }
        }
        assert_eq!(said, [1, 2, 1], "greeting; greeting and done; done");
        assert!(!client.is_handshaking() && !server.is_handshaking());
        assert!(server.transport_parameters().expect("parameters").is_some());
    }
}
