//! CPU time of this process, of what it started and waited for, and of a server; and the
//! most memory that this process held. Linux only: all of it stands in `/proc`.

use std::fs;
use std::ops::{AddAssign, Sub};

/// Seconds of CPU.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    /// By this process and by the tools that it ran.
    pub(crate) client: f64,
    pub(crate) server: f64,
}

impl Spent {
    pub(crate) fn sum(self) -> f64 {
        self.client + self.server
    }
}

impl Sub for Spent {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            client: self.client - before.client,
            server: self.server - before.server,
        }
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, more: Self) {
        self.client += more.client;
        self.server += more.server;
    }
}

/// The server that works for a load, if there is one: of threads, or with a process for
/// each connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpu(pub(crate) Option<u32>);

impl Cpu {
    /// So far.
    pub(crate) fn spent(self) -> Spent {
        Spent {
            client: ticks("self", 4),
            server: self.0.map_or(0.0, of_server),
        }
    }

    /// What the work costs.
    pub(crate) fn of(self, work: impl FnOnce()) -> Spent {
        let before = self.spent();
        work();
        self.spent() - before
    }
}

/// A server's own count has its children that ended: where it grew, one may have ended
/// after it was read and before the children were looked at, so it is done again.
fn of_server(server: u32) -> f64 {
    loop {
        let ended = || ticks(&server.to_string(), 4);
        let (before, running) = (ended(), children(server));
        if before.to_bits() == ended().to_bits() {
            return before + running;
        }
    }
}

/// The first so many of: user, system, user and system of children that ended.
fn ticks(process: &str, fields: usize) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let behind_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = behind_name.split(' ').skip(11).take(fields);
    ticks.filter_map(|it| it.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn children(server: u32) -> f64 {
    let mut sum = 0.0;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let stat = fs::read_to_string(format!("/proc/{name}/stat")).unwrap_or_default();
        let parent = stat.rsplit(") ").next().and_then(|it| it.split(' ').nth(1));
        if parent == Some(server.to_string().as_str()) {
            sum += ticks(&name, 2);
        }
    }
    sum
}

/// Forgets the peak of the memory so far.
pub(crate) fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// The most memory that this process held since then, in MiB.
pub(crate) fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<u64>().unwrap() / 1024
}
