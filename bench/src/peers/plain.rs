//! No encryption, for quinn: the traits of its cryptography, doing nothing but to mark packets with whose they are. Handshakes
//! still take the round trips of TLS 1.3: each side greets with its transport parameters, and then says that it is done.

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

/// The two configurations, and every header's key: none has anything to keep.
struct Plain;

/// A packet's key is a mark at its end, as long as TLS's: quinn takes for its own what can be decrypted, and would otherwise
/// make connections of strays, and never send a stateless reset for a packet as short as these.
#[derive(Clone, Copy)]
struct Mark([u8; 16]);

const HANDSHAKE: Mark = Mark([1; 16]);
const DATA: Mark = Mark([2; 16]);

impl Mark {
    /// Of the packets that come first: a connection ID says whose they are.
    fn initial(id: &ConnectionId) -> Self {
        let mut mark = [0; 16];
        mark.iter_mut().zip(id.iter()).for_each(|(place, byte)| *place = *byte);
        Self(mark)
    }

    fn keys(self) -> Keys {
        let header = KeyPair::<Box<dyn HeaderKey>> { local: Box::new(Plain), remote: Box::new(Plain) };
        Keys { header, packet: self.packet_keys() }
    }

    fn packet_keys(self) -> KeyPair<Box<dyn PacketKey>> {
        KeyPair { local: Box::new(self), remote: Box::new(self) }
    }
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
    fn initial_keys(&self, id: &ConnectionId, _: Side) -> Keys {
        Mark::initial(id).keys()
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
                Some(HANDSHAKE.keys())
            }
            // As in TLS the server is done first: it was all that the client had to hear.
            Said::ParametersAndMore if self.is_done || self.side.is_server() => {
                message.push(DONE);
                self.said = Said::Done;
                Some(DATA.keys())
            }
            _ => None,
        }
    }

    fn next_1rtt_keys(&mut self) -> Option<KeyPair<Box<dyn PacketKey>>> {
        Some(DATA.packet_keys())
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
    fn initial_keys(&self, _: u32, id: &ConnectionId) -> Result<Keys, UnsupportedVersion> {
        Ok(Mark::initial(id).keys())
    }

    fn retry_tag(&self, _: u32, _: &ConnectionId, _: &[u8]) -> [u8; 16] {
        [0; 16]
    }

    fn start_session(self: Arc<Self>, _: u32, ours: &TransportParameters) -> Box<dyn crypto::Session> {
        Session::boxed(Side::Server, *ours)
    }
}

impl PacketKey for Mark {
    /// quinn has left room for it.
    fn encrypt(&self, _: u64, packet: &mut [u8], _: usize) {
        if let Some(end) = packet.last_chunk_mut() {
            *end = self.0;
        }
    }

    fn decrypt(&self, _: u64, _: &[u8], payload: &mut BytesMut) -> Result<(), CryptoError> {
        let (contents, _) =
            payload.split_last_chunk().filter(|(_, mark)| **mark == self.0).ok_or(CryptoError)?;
        let len = contents.len();
        payload.truncate(len);
        Ok(())
    }

    fn tag_len(&self) -> usize {
        self.0.len()
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

    #[test]
    fn a_packet_is_read_with_its_own_key_only() {
        let mut packet = *b"header+contents 0123456789abcdef";
        HANDSHAKE.encrypt(0, &mut packet, 7);
        let mut payload = BytesMut::from(&packet[7..]);
        assert!(DATA.decrypt(0, b"header+", &mut payload).is_err());
        HANDSHAKE.decrypt(0, b"header+", &mut payload).expect("its own");
        assert_eq!(&payload[..], b"contents ");
        assert!(HANDSHAKE.decrypt(0, b"header+", &mut BytesMut::new()).is_err());
    }

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
