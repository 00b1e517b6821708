//! The lessons: one for each step of the demo.

use super::excerpt::Excerpt;
use super::exercises::{self as solve, Exercise};

/// What a step teaches.
pub(super) struct Lesson {
    /// The step of the demo.
    pub(super) step: &'static str,
    /// What is to be understood, in a sentence.
    pub(super) idea: &'static str,
    /// What of its transcript the page shows.
    pub(super) excerpt: Excerpt,
    pub(super) exercises: [Exercise; 3],
}

pub(super) static LESSONS: [Lesson; 8] = [
    Lesson {
        step: "step1",
        idea: "Two programs agree to talk, count every byte, and part in order: handshake, transfer, close.",
        excerpt: Excerpt::around("the SYN is answered", 4, 8),
        exercises: [
            Exercise {
                step: "step1",
                question: "Segments may carry 500 bytes now. In how many segments do the 8192 bytes of the file go?",
                changes: "--set mss=500",
                solve: solve::smaller_pieces,
            },
            Exercise {
                step: "step1",
                question: "The client that asks for 1+1: how many sequence numbers does it use in all? Count the bytes of its question in the transcript, and what else takes a number.",
                changes: "--full",
                solve: solve::numbers_of_a_client,
            },
            Exercise {
                step: "step1",
                question: "The server's very first packet, its SYN-ACK, is lost. After how many seconds does a SYN go again?",
                changes: "--drop any:1",
                solve: solve::a_lost_syn_ack,
            },
        ],
    },
    Lesson {
        step: "step2",
        idea: "One server, many clients: what makes a connection is both its ends, and each has a life of its own.",
        excerpt: Excerpt::around("two at once", 4, 8),
        exercises: [
            Exercise {
                step: "step2",
                question: "Both clients get the same 8192 bytes, 1004 at most in a segment. How many segments with the file's bytes does the server send in all?",
                changes: "",
                solve: solve::pieces_for_both,
            },
            Exercise {
                step: "step2",
                question: "The server's ninth segment with data is lost. How many of the two connections send anything again?",
                changes: "--drop data:9",
                solve: solve::who_repairs,
            },
            Exercise {
                step: "step2",
                question: "Before a file's bytes the server announces them, in a segment of its own. From the second connection's first and last sequence numbers: how many bytes is that?",
                changes: "--full",
                solve: solve::numbers_of_the_second,
            },
        ],
    },
    Lesson {
        step: "step3",
        idea: "What is lost is sent again, when its time is up; and each time it waits twice as long.",
        excerpt: Excerpt::around("timeout", 2, 12),
        exercises: [
            Exercise {
                step: "step3",
                question: "The RTO starts from 3 seconds instead of 1. How long does the server wait for the ACK of the first data segment that it loses?",
                changes: "--set rto.initial=3s",
                solve: solve::a_longer_start,
            },
            Exercise {
                step: "step3",
                question: "The RTO may go down to 400 ms now. The segment is lost, and its retransmission, too: how many seconds is the second wait?",
                changes: "--set rto.min=400ms",
                solve: solve::a_lower_floor,
            },
            Exercise {
                step: "step3",
                question: "The segment is lost three times in a row. How many seconds do the three waits take together?",
                changes: "--drop data:2,4,5",
                solve: solve::lost_three_times,
            },
        ],
    },
    Lesson {
        step: "step4",
        idea: "Acknowledgments may wait for company; and each of them lets a sender put one segment more on its way.",
        excerpt: Excerpt::around("one ACK for some", 9, 5),
        exercises: [
            Exercise {
                step: "step4",
                question: "The receiver may hold an ACK back for 80 ms. How many seconds does a lone segment's ACK wait?",
                changes: "--set ack_delay=80ms",
                solve: solve::a_shorter_delay,
            },
            Exercise {
                step: "step4",
                question: "Every segment is acknowledged at once. The same file comes twice, as before: how large is cwnd in the end, in bytes?",
                changes: "--set ack_every=1",
                solve: solve::every_segment,
            },
            Exercise {
                step: "step4",
                question: "The sender may begin with four segments. How large is cwnd after the first ACK of its data, in bytes?",
                changes: "--set initial_window=4",
                solve: solve::a_larger_start,
            },
        ],
    },
    Lesson {
        step: "step5",
        idea: "Up to a threshold the window grows fast, beyond it carefully: slow start, then congestion avoidance.",
        excerpt: Excerpt::around("crossing ssthresh", 8, 8),
        exercises: [
            Exercise {
                step: "step5",
                question: "ssthresh is 32768 from the beginning. How many ACKs does slow start take to get there?",
                changes: "--set initial_slow_start_threshold=32768",
                solve: solve::a_lower_threshold,
            },
            Exercise {
                step: "step5",
                question: "And by how many bytes does the first ACK in congestion avoidance raise cwnd, from there?",
                changes: "--set initial_slow_start_threshold=32768",
                solve: solve::first_step_of_avoidance,
            },
            Exercise {
                step: "step5",
                question: "ssthresh is 16384 now. How large is cwnd when the whole file is acknowledged? About will do, to one segment: 200000 bytes are 200 segments, and one ACK covers two.",
                changes: "--set initial_slow_start_threshold=16384",
                solve: solve::window_at_the_end,
            },
        ],
    },
    Lesson {
        step: "step6",
        idea: "A gap shows in what arrives behind it: three duplicate ACKs, and the sender doesn't wait for its timer.",
        excerpt: Excerpt::around("ssthresh halved", 8, 8),
        exercises: [
            Exercise {
                step: "step6",
                question: "The 20th segment with data is lost instead of the 40th. What does ssthresh become, in bytes?",
                changes: "--drop data:20",
                solve: solve::threshold_after_loss,
            },
            Exercise {
                step: "step6",
                question: "The last segment of the 100000 bytes is lost: the 101st with data, for the first announces the file. How many times does the timer fire?",
                changes: "--drop data:101",
                solve: solve::how_many_timeouts,
            },
            Exercise {
                step: "step6",
                question: "After the loss of the step itself, Tahoe begins with one segment. How many ACKs of new data does it take until slow start is back at ssthresh?",
                changes: "",
                solve: solve::new_acks_to_recover,
            },
        ],
    },
    Lesson {
        step: "step7",
        idea: "One loss is no reason to begin anew: halve the window, keep the pipe full, repair, go on.",
        excerpt: Excerpt::around("ssthresh halved", 4, 8),
        exercises: [
            Exercise {
                step: "step7",
                question: "The 60th segment with data is lost instead. What is cwnd right after the third duplicate ACK, in bytes?",
                changes: "--drop data:60",
                solve: solve::window_after_loss,
            },
            Exercise {
                step: "step7",
                question: "Two segments of one window are lost: the 132nd, and the 134th. How many times does Reno's timer fire?",
                changes: "--drop data:132,134",
                solve: solve::how_many_timeouts,
            },
            Exercise {
                step: "step7",
                question: "The same two, and NewReno. How many times does the timer fire now?",
                changes: "--drop data:132,134 --cc newreno",
                solve: solve::how_many_timeouts,
            },
        ],
    },
    Lesson {
        step: "modern",
        idea: "Say what has arrived, remember when each segment left, and ask when all is silent: timeouts become rare.",
        excerpt: Excerpt::around("a SACK report", 6, 10),
        exercises: [
            Exercise {
                step: "modern",
                question: "Both sides do without SACK. How many times does the server's timer fire?",
                changes: "--set sack=off",
                solve: solve::timeouts_without,
            },
            Exercise {
                step: "modern",
                question: "Only the last segment of the file is lost by number, the seventh with data; and chance takes the probe for it, too. How many times does the server's timer fire?",
                changes: "--drop data:7",
                solve: solve::a_lost_probe,
            },
            Exercise {
                step: "modern",
                question: "In the step itself: how many segments does the server send again in all? Count the losses first.",
                changes: "--full",
                solve: solve::sent_again,
            },
        ],
    },
];
