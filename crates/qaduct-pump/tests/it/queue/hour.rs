//! An hour of two workers that are killed again and again.

use super::*;

/// What a worker is at, in an hour that only clocks notice.
struct Going {
    claim: Claim,
    until: Timestamp,
}

/// Two workers for an hour, a step of ten seconds at a time and both at once; now and then
/// one of them is killed and begun again. Each job has to run once for each of its times, and
/// never twice at a time.
fn an_hour_of_kills(place: &Place) {
    let time = Time::at("2026-11-20T07:59:30Z");
    let plans = [
        plan("fives", "*/5 * * * *"),
        plan("tens", "*/10 * * * *"),
        plan("quarters", "*/15 * * * *"),
        in_zone("hours", "hourly :20", "Europe/Berlin"),
        in_zone("daily", "daily 09:30", "Europe/Berlin"),
    ];
    // It is the killer that ends them, not they themselves.
    let plans = plans.map(|it| Plan { retries: 9, ..it });
    let lasts = |job: &str| match job {
        "fives" => 90,
        "tens" => 180,
        _ => 240,
    };
    // Who is at which job now, and how often each time was done whole.
    let at_it: Mutex<BTreeMap<String, String>> = Mutex::default();
    let done: Mutex<BTreeMap<String, u32>> = Mutex::default();
    let barrier = Barrier::new(2);
    let steps = 60 * 6 + 60;
    std::thread::scope(|scope| {
        for me in 0..2_u32 {
            let (barrier, time, plans) = (&barrier, &time, &plans);
            let (at_it, done, lasts) = (&at_it, &done, &lasts);
            scope.spawn(move || {
                let mut life = 0;
                let mut worker = Worker::new(place, time, &format!("{me}.{life}"));
                let mut going: Vec<Going> = Vec::new();
                let mut dead_until = 0;
                for step in 0..steps {
                    if barrier.wait().is_leader() {
                        time.pass(10);
                    }
                    barrier.wait();
                    let now = time.now();
                    // Again and again, and not always both at the same part of what they do.
                    let kill = step % [37, 53][me as usize] == 13 + 5 * me && step < 330;
                    if kill {
                        for it in going.drain(..) {
                            at_it.lock().unwrap().remove(&it.claim.run.job);
                        }
                        life += 1;
                        dead_until = step + 4;
                        worker = Worker::new(place, time, &format!("{me}.{life}"));
                    }
                    if step < dead_until {
                        continue;
                    }
                    let mut still = Vec::new();
                    for mut it in going.drain(..) {
                        let job = it.claim.run.job.clone();
                        if it.until > now {
                            worker.queue().beat(&mut it.claim, 0).unwrap();
                            still.push(it);
                            continue;
                        }
                        at_it.lock().unwrap().remove(&job);
                        let plan = plans.iter().find(|it| it.job == job).unwrap();
                        worker.end(&mut it.claim, plan, DONE).unwrap();
                        *done
                            .lock()
                            .unwrap()
                            .entry(it.claim.run.job_run)
                            .or_default() += 1;
                    }
                    going = still;
                    while going.len() < 2
                        && let Some(claim) = worker.look(plans)
                    {
                        let job = claim.run.job.clone();
                        let other = at_it
                            .lock()
                            .unwrap()
                            .insert(job.clone(), worker.name.clone());
                        assert_eq!(other, None, "{job} runs twice at {now}");
                        let until = now + SignedDuration::from_secs(lasts(&job));
                        going.push(Going { claim, until });
                    }
                }
            });
        }
    });
    let mut expected = BTreeSet::new();
    for plan in &plans {
        let mut slot = at("2026-11-20T07:59:30Z");
        while let Some(next) = plan.schedule.next_after(slot)
            && next < at("2026-11-20T08:59:30Z")
        {
            expected.insert(format!("{}@{next}", plan.job));
            slot = next;
        }
    }
    let done = done.into_inner().unwrap();
    let worker = Worker::new(place, &time, "who looks");
    let runs = worker.runs();
    let taken_over = runs.iter().filter(|it| it.failures > 0).count();
    assert!(taken_over > 1, "{taken_over} were taken over");
    assert!(done.values().all(|it| *it == 1), "{done:#?}");
    let within = |it: &&JobRun| it.fire_at < at("2026-11-20T08:59:30Z");
    let of_hour = runs.iter().filter(within);
    let complete: BTreeSet<String> = of_hour
        .map(|it| {
            assert_eq!(it.state, JobState::Complete, "{it:?}");
            it.job_run.clone()
        })
        .collect();
    assert_eq!(complete, expected);
    assert!(expected.iter().all(|it| done.contains_key(it)));
}

#[test]
fn for_an_hour_of_kills_each_job_runs_once_for_each_of_its_times_on_sqlite() {
    an_hour_of_kills(&Place::file());
}

#[test]
fn for_an_hour_of_kills_each_job_runs_once_for_each_of_its_times_on_postgresql() {
    an_hour_of_kills(&Place::Server(Database::postgres()));
}

#[test]
fn for_an_hour_of_kills_each_job_runs_once_for_each_of_its_times_on_mariadb() {
    an_hour_of_kills(&Place::Server(Database::mariadb()));
}
