//! Conditions of every language and what is made of them.

use super::read;

/// Every part that is there, as one line.
fn shown(condition: &str, form: &str) -> String {
    let it = read(condition, form);
    let parts = [
        ("os", it.os),
        ("arch", it.arch),
        ("version", it.version),
        ("env", it.env),
        ("feature", it.feature),
    ];
    let parts = parts.into_iter().filter(|(_, values)| !values.is_empty());
    let parts: Vec<_> = parts
        .map(|(name, values)| format!("{name} {}", values.join(", ")))
        .collect();
    if parts.is_empty() {
        "-".to_owned()
    } else {
        parts.join("; ")
    }
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    let found: Vec<_> = cases
        .iter()
        .map(|(text, _)| format!("{text}  =>  {}", shown(text, "")))
        .collect();
    let wanted: Vec<_> = cases
        .iter()
        .map(|(text, wanted)| format!("{text}  =>  {wanted}"))
        .collect();
    assert_eq!(found.join("\n"), wanted.join("\n"));
}

#[test]
fn conditions_of_python() {
    all(&[
        ("sys.platform == \"win32\"", "os windows"),
        ("os.name != 'nt'", "os !windows"),
        ("not (os.name != 'nt')", "os windows"),
        (
            "sys.platform.startswith('win') or sys.platform == 'darwin'",
            "os windows, macos",
        ),
        (
            "sys.platform in (\"win32\", \"cygwin\")",
            "os windows, cygwin",
        ),
        (
            "sys.platform not in ('linux', 'darwin')",
            "os !linux, !macos",
        ),
        (
            "platform.system().lower() == 'windows' and platform.machine() == 'AMD64'",
            "os windows; arch x86_64",
        ),
        ("'darwin' in sys.platform", "os macos"),
        ("sys.version_info < (3, 8)", "version python < 3.8"),
        ("not (sys.version_info >= (3, 8))", "version python < 3.8"),
        (
            "(3, 6) <= sys.version_info < (3, 8)",
            "version python >= 3.6, python < 3.8",
        ),
        ("sys.version_info[0] == 2", "version python == 2"),
        ("not six.PY3", "version python != 3"),
        (
            "Version(np.__version__) < Version('1.20')",
            "version np < 1.20",
        ),
        ("not torch.cuda.is_available()", "feature !torch.cuda"),
        ("not HAS_NUMPY", "feature !numpy"),
        ("numpy>=1.2 is not installed", "feature !numpy>=1.2"),
        ("shutil.which('docker') is None", "feature !docker"),
        ("os.geteuid() != 0", "feature !root"),
        ("platform.python_implementation() == 'PyPy'", "feature pypy"),
        ("os.environ.get('CI') == 'true'", "env CI=true"),
        ("'CI' in os.environ", "env CI"),
        ("'TOKEN' not in os.environ", "env !TOKEN"),
        ("not os.getenv('TOKEN')", "env !TOKEN"),
        ("os.environ.get('X') is None", "env !X"),
        ("IS_WINDOWS and not IS_PYPY", "os windows; feature !pypy"),
        ("len(parts) > 3", "-"),
        ("except ImportError", "-"),
    ]);
}

#[test]
fn conditions_of_go_and_rust() {
    all(&[
        ("runtime.GOOS == \"windows\"", "os windows"),
        (
            "runtime.GOOS != \"linux\" || runtime.GOARCH == \"arm64\"",
            "os !linux; arch aarch64",
        ),
        ("testing.Short()", "feature short"),
        ("os.Getenv(\"X\") == \"\"", "env !X"),
        ("os.Getenv(\"X\") != \"\"", "env X"),
        ("//go:build !linux", "os !linux"),
        ("linux && amd64", "os linux; arch x86_64"),
        ("err != nil", "-"),
        ("os.Geteuid() != 0", "feature !root"),
        ("v := os.Getenv(\"DB\"); v == \"\"", "env !DB"),
        ("!hasDocker()", "feature !docker"),
        ("not(windows)", "os !windows"),
        (
            "not(any(windows, target_os = \"macos\"))",
            "os !windows, !macos",
        ),
        (
            "all(target_arch = \"x86_64\", feature = \"x\")",
            "arch x86_64; feature x",
        ),
        ("miri", "feature miri"),
        ("target_pointer_width = \"32\"", "arch 32-bit"),
        ("std::env::var(\"TOKEN\").is_err()", "env !TOKEN"),
        ("wasi_runner", "os wasi"),
        ("cfg!(debug_assertions)", "feature debug_assertions"),
    ]);
}

#[test]
fn conditions_of_the_jvm_and_of_dotnet() {
    all(&[
        ("OS.WINDOWS", "os windows"),
        ("not (OS.LINUX)", "os !linux"),
        ("{OS.LINUX, OS.MAC}", "os linux, macos"),
        (
            "value = OS.MAC, architectures = \"aarch64\"",
            "os macos; arch aarch64",
        ),
        ("JRE.JAVA_8", "version java == 8"),
        (
            "min = JRE.JAVA_9, max = JRE.JAVA_11",
            "version java >= 9, java <= 11",
        ),
        ("named = \"ci\", matches = \"true\"", "env ci=true"),
        ("Os(OS.WINDOWS)", "os windows"),
        ("not (Jre(JRE.JAVA_8))", "version java != 8"),
        (
            "not (named = \"os.arch\", matches = \".*64.*\")",
            "arch !64-bit",
        ),
        ("IfEnvironmentVariable(named = \"CI\")", "env CI"),
        ("not (os, is(\"linux\"))", "os !linux"),
        ("TestPlatforms.Windows", "os windows"),
        (
            "TestPlatforms.Windows | TestPlatforms.OSX",
            "os windows, macos",
        ),
        ("~TestPlatforms.Browser", "os !browser"),
        (
            "typeof(PlatformDetection), nameof(PlatformDetection.IsArm64Process)",
            "arch aarch64",
        ),
        ("nameof(PlatformDetection.IsNotWindows)", "os !windows"),
        (
            "RuntimeInformation.IsOSPlatform(OSPlatform.Windows)",
            "os windows",
        ),
    ]);
    assert_eq!(
        shown(
            "named = \"os.name\", matches = \".*Linux.*\"",
            "DisabledIfSystemProperty"
        ),
        "os linux"
    );
    assert_eq!(
        shown(
            "named = \"slow\", matches = \"true\"",
            "EnabledIfSystemProperty"
        ),
        "feature slow=true"
    );
}

#[test]
fn conditions_of_javascript_and_ruby() {
    all(&[
        ("process.platform === 'win32'", "os windows"),
        ("process.platform !== \"darwin\"", "os !macos"),
        ("browserName === 'webkit'", "feature webkit"),
        (
            "({ browserName }) => browserName === 'webkit'",
            "feature webkit",
        ),
        ("process.env.CI", "env CI"),
        ("!process.env.CI", "env !CI"),
        ("!!process.env.CI", "env CI"),
        (
            "['darwin', 'linux'].includes(process.platform)",
            "os macos, linux",
        ),
        ("isWindows", "os windows"),
        ("isMobile", "feature mobile"),
        ("RUBY_PLATFORM =~ /mswin/", "os windows"),
        ("RUBY_PLATFORM =~ /mswin|mingw/", "os windows"),
        ("RUBY_PLATFORM !~ /linux/", "os !linux"),
        ("RUBY_VERSION < \"3\"", "version ruby < 3"),
        (
            "Gem::Version.new(RUBY_VERSION) < Gem::Version.new('2.7')",
            "version ruby < 2.7",
        ),
        ("ENV['CI'] == 'true'", "env CI=true"),
        ("Puppet::Util::Platform.windows?", "os windows"),
        ("unless OS.windows?", "os !windows"),
    ]);
}

#[test]
fn conditions_of_c_and_of_lists() {
    all(&[
        ("_WIN32", "os windows"),
        ("defined(__APPLE__)", "os macos"),
        (
            "!defined(__linux__) && !defined(_WIN32)",
            "os !linux, !windows",
        ),
        ("#ifndef _WIN32", "os !windows"),
        (
            "#if defined(OS_WIN) || defined(OS_MAC)",
            "os windows, macos",
        ),
        ("[ Mac Win ]", "os macos, windows"),
        ("[ Mac10.15 Release ]", "os macos; feature release"),
        ("Linux", "os linux"),
        ("$system==win32 && $arch==x64", "os windows; arch x86_64"),
        ("os == 'win' && debug", "os windows; feature debug"),
        (
            "os == 'linux' && os_version == '22.04' && processor == 'x86_64' && !debug",
            "os linux; arch x86_64; version os == 22.04; feature !debug",
        ),
        ("$^O eq 'MSWin32'", "os windows"),
        ("windows-x64,linux-all", "os windows, linux; arch x86_64"),
    ]);
}

#[test]
fn no_text_breaks_the_reader() {
    for text in [
        "", "((((", "))))", "!", "== ==", "a(", ".x(", "not", "'", "=>", "[,]", "a.b.(c)",
    ] {
        read(text, "");
    }
    read(&"(".repeat(10_000), "");
    read(&"!(".repeat(10_000), "");
    read(&"a(".repeat(10_000), "");
}
