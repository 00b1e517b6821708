//! A terminal of its own for a test: tmux, on a server of its own.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

const NEEDS: &str = "tmux (apt install tmux)";
/// Far longer than anything here takes: what hangs fails.
const LIMIT: Duration = Duration::from_secs(90);

pub(crate) struct Tmux {
    socket: String,
}

impl Tmux {
    /// A shell in a terminal of this size, in this directory, where programs find each other in `runtime`.
    pub(crate) fn start(name: &str, (width, height): (u16, u16), directory: &Path, runtime: &Path) -> Self {
        let tmux = Self { socket: format!("lucid-test-{}-{name}", std::process::id()) };
        let mut start = tmux.command();
        // The user's own settings don't count.
        start.args([
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            &width.to_string(),
            "-y",
            &height.to_string(),
        ]);
        start.arg("-c").arg(directory).arg("-e").arg(format!("XDG_RUNTIME_DIR={}", runtime.display()));
        start.arg("-e").arg(format!("TMPDIR={}", runtime.display())).args(["-e", "PS1=$ ", "sh"]);
        assert!(start.status().expect(NEEDS).success(), "tmux starts");
        // Its status line would take one of the lines.
        tmux.run(&["set-option", "-g", "status", "off"]);
        // Where someone stops a program for a while, the shell waits on.
        tmux.enter("set +m");
        tmux
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.args(["-L", &self.socket]);
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().expect(NEEDS);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Presses keys, by tmux's names for them.
    pub(crate) fn keys(&self, keys: &[&str]) {
        self.run(&[&["send-keys"], keys].concat());
    }

    /// Types a line to the shell.
    pub(crate) fn enter(&self, line: &str) {
        self.run(&["send-keys", "-l", line]);
        self.keys(&["Enter"]);
    }

    /// What is on the screen.
    pub(crate) fn screen(&self) -> String {
        self.run(&["capture-pane", "-p"])
    }

    /// The same with colours.
    pub(crate) fn coloured_screen(&self) -> String {
        self.run(&["capture-pane", "-p", "-e"])
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&self, (width, height): (u16, u16)) {
        self.run(&["resize-window", "-x", &width.to_string(), "-y", &height.to_string()]);
    }

    /// Whether the terminal shows its other screen, and whether it shows a cursor.
    pub(crate) fn state(&self) -> (bool, bool) {
        let state = self.run(&["display-message", "-p", "#{alternate_on} #{cursor_flag}"]);
        let mut flags = state.split_whitespace().map(|flag| flag == "1");
        (flags.next().expect("a flag"), flags.next().expect("a flag"))
    }

    /// Looks at the screen until it is as wanted.
    pub(crate) fn wait_for(&self, wanted: impl Fn(&str) -> bool) -> String {
        let start = now();
        loop {
            let screen = self.screen();
            if wanted(&screen) {
                return screen;
            }
            assert!(now() - start < LIMIT, "not within {LIMIT:?}:\n{screen}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ended_already = self.command().arg("kill-server").output();
    }
}

#[expect(clippy::disallowed_methods, reason = "what hangs fails")]
fn now() -> Instant {
    Instant::now()
}
