//! CPU time of this process, of what it started and waited for, and of a server.

use std::fs;

/// Who works for a load.
pub(crate) enum Cpu {
    /// This process alone.
    Own,
    /// And the children of a server that has a process for each connection.
    Children(u32),
    /// And a server that has threads.
    Process(u32),
}

impl Cpu {
    pub(crate) fn own() -> Self {
        Self::Own
    }

    pub(crate) fn of_children(server: u32) -> Self {
        Self::Children(server)
    }

    pub(crate) fn of_process(server: u32) -> Self {
        Self::Process(server)
    }

    /// Seconds so far.
    pub(crate) fn spent(&self) -> f64 {
        let own = ticks("self", 4);
        own + match self {
            Self::Own => 0.0,
            // The server's own count is of its children that ended.
            Self::Children(server) => ticks(&server.to_string(), 4) + children(*server),
            Self::Process(server) => ticks(&server.to_string(), 2),
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
