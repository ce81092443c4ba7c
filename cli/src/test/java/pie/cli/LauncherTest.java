package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.cli.command.BenchCommand;

/** Drive the real launcher in a checkout of its own that is "built" already; its JDK is a script that prints how it was called. */
final class LauncherTest {
    private static final Path ROOT = Path.of(System.getProperty("pie.root", ".."));

    @TempDir
    Path dir;

    private Path checkout;
    private Path jvms;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectories(dir.resolve("a checkout"));
        jvms = Files.createDirectories(dir.resolve("jvm"));
        copy("pie");
        copy("scripts/launch.sh");
        for (String module : List.of("engine", "cpu", "cuda", "polyglot-runtime", "server", "cli")) {
            Files.createDirectories(checkout.resolve(module).resolve("src/main"));
            Files.writeString(checkout.resolve(module).resolve("pom.xml"), "<project/>");
        }
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Path build = Files.createDirectories(checkout.resolve("cli/target/app/b1"));
        Files.writeString(build.resolve("java.args"), "-cp x");
        Files.writeString(build.resolve("stamp"), "");
        Files.writeString(checkout.resolve("cli/target/app/current"), "b1\n");
    }

    @Test
    void startsTheJdk25ThatIsThere() throws Exception {
        jdk("old", "17.0.15");
        Path jdk = jdk("new", "25.0.3");
        Run run = pie(Map.of(), "version", "a b");
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith(jdk + "/bin/java").contains("pie.cli.Main|version|a b|");
    }

    @Test
    void withOnlyAJdk17SaysWhatIsMissingInOneLine() throws Exception {
        jdk("old", "17.0.15");
        Run run = pie(Map.of(), "version");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("pie: a JDK 25 is needed and none was found (only JDK 17.0.15 in ")
                .contains("PIE_JAVA_HOME");
    }

    @Test
    void aWrongPieJavaHomeIsNotPassedOver() throws Exception {
        Path old = jdk("old", "17.0.15");
        jdk("new", "25.0.3");
        Run run = pie(Map.of("PIE_JAVA_HOME", old.toString()), "version");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("PIE_JAVA_HOME=" + old + " is JDK 17.0.15, not a JDK 25");
    }

    @Test
    void startsThroughALinkFromAnotherFolder() throws Exception {
        jdk("new", "25");
        Path bin = Files.createDirectories(dir.resolve("bin"));
        Path link = Files.createSymbolicLink(bin.resolve("p"), checkout.resolve("pie"));
        Run run = run(link, bin, Map.of(), "run", "x.py");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("-Dpie.root=" + checkout.toRealPath())
                .contains("@" + checkout.toRealPath().resolve("cli/target/app/b1/java.args"));
    }

    @Test
    void enginesGetEveryFlagOfTheParentPom() throws Exception {
        jdk("new", "25");
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        String flags = pom.substring(pom.indexOf("<jvm.flags>") + 11, pom.indexOf("</jvm.flags>"));
        Run run = pie(Map.of(), "serve");
        assertThat(List.of(run.out().split("\\|"))).contains(flags.split(" "));
    }

    @Test
    void programsThatRunOnceGetTheSameFlagsWhetherProfiledOrNot() throws Exception {
        jdk("new", "25");
        List<String> run = flags("run", "x.py");
        assertThat(run).anyMatch(f -> f.startsWith("-XX:Tier4"));
        assertThat(flags("profile", "x.py")).isEqualTo(run);
        assertThat(flags("serve")).noneMatch(f -> f.startsWith("-XX:Tier4"));
    }

    @Test
    void serversCollectWithShortStops() throws Exception {
        jdk("new", "25");
        assertThat(flags("serve")).containsSubsequence("-XX:-UseSerialGC", "-XX:+UseG1GC");
        assertThat(flags("run", "x.py")).contains("-XX:+UseSerialGC").doesNotContain("-XX:+UseG1GC");
    }

    @Test
    void aFolderThatCannotBeMadeIsToldBeforeAnythingStarts() throws Exception {
        jdk("new", "25");
        Path file = Files.writeString(dir.resolve("file"), "");
        Run run = pie(Map.of("PIE_HOME", file.resolve("home").toString()), "run", "x.py");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("cannot be made: " + file.resolve("home"), "PIE_HOME");
        Path made = dir.resolve("made/home");
        assertThat(pie(Map.of("PIE_HOME", made.toString()), "run", "x.py").code())
                .isZero();
        assertThat(made).isDirectory();
    }

    private List<String> flags(String... words) throws Exception {
        Run run = pie(Map.of("PIE_NO_AOT", "1"), words);
        return List.of(run.out().split("\\|")).stream()
                .filter(f -> f.startsWith("-X") || f.startsWith("-D") || f.startsWith("--"))
                .toList();
    }

    @Test
    void theFirstWordsOfTheJvmAreHiddenFromTerminalsAndPipesButNotFromFiles() throws Exception {
        jdk("new", "25");
        assertThat(pie(Map.of(), "run").out()).contains("pie.cli.Main|run|").doesNotContain("pie.stderr");
        String piped = "{ \"$0\" run 2>&1 >&3 | cat; } 3>&1";
        Run run = run(
                Path.of("/bin/sh"),
                dir,
                Map.of(),
                "-c",
                piped,
                checkout.resolve("pie").toString());
        assertThat(run.out()).contains("-Dpie.stderr=9");
    }

    @Test
    void aChangedSourceNeedsMavenAndSaysSo() throws Exception {
        jdk("new", "25");
        Files.setLastModifiedTime(checkout.resolve("cli/target/app/b1/stamp"), FileTime.fromMillis(1_000_000));
        Path bin = Files.createDirectories(dir.resolve("tools"));
        for (String tool : List.of("find", "head", "bash", "env", "cat", "dirname")) {
            Files.createSymbolicLink(bin.resolve(tool), which(tool));
        }
        Run run = pie(Map.of("PATH", bin.toString()), "version");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("Maven is needed", "no mvn on the PATH");
    }

    @Test
    void pieNoBuildUsesTheLastBuild() throws Exception {
        jdk("new", "25");
        Files.setLastModifiedTime(checkout.resolve("cli/target/app/b1/stamp"), FileTime.fromMillis(1_000_000));
        assertThat(pie(Map.of("PIE_NO_BUILD", "1"), "version").code()).isZero();
    }

    @Test
    void benchmarksAreStartedWithWhatTheyAreMadeOf() throws Exception {
        jdk("new", "25");
        Files.createDirectories(checkout.resolve("benches/src/main"));
        Files.writeString(checkout.resolve("benches/pom.xml"), "<project/>");
        Files.writeString(checkout.resolve("cli/target/app/bench.args"), "-cp y");
        Run run = pie(Map.of("PIE_NO_AOT", "1"), "-v", "bench", "latency", "--requests", "2");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("cli/target/app/bench.args|pie.bench.Bench|latency|--requests|2|")
                .doesNotContain("pie.cli.Main");
    }

    private static final Pattern MODE = Pattern.compile("@Command\\(\\s*name = \"(?:pie )?([a-z]+)\"");

    @Test
    void helpAndCompletionNameEveryBenchmark() throws Exception {
        List<String> there = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("benches/src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                MODE.matcher(Files.readString(file)).results().forEach(m -> there.add(m.group(1)));
            }
        }
        there.remove("bench");
        List<String> named = new ArrayList<>(BenchCommand.MODES);
        named.addAll(BenchCommand.PARTS);
        assertThat(named).containsExactlyInAnyOrderElementsOf(there);
        assertThat(Output.of("bench", "--help").out()).contains(named);
        assertThat(Output.of("completion", "bash").out()).contains(named);
    }

    private void copy(String file) throws IOException {
        Path to = checkout.resolve(file);
        Files.createDirectories(to.getParent());
        Files.copy(ROOT.resolve(file), to);
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(jvms.resolve(name));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        Path bin = Files.createDirectories(home.resolve("bin"));
        for (String tool : List.of("java", "javac")) {
            Files.writeString(bin.resolve(tool), "#!/bin/bash\nprintf '%s|' \"$0\" \"$@\"\n");
            Files.setPosixFilePermissions(bin.resolve(tool), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return home;
    }

    private static Path which(String tool) throws IOException {
        for (String folder : System.getenv("PATH").split(":")) {
            Path file = Path.of(folder, tool);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new IOException("no " + tool + " on the PATH");
    }

    private Run pie(Map<String, String> environment, String... args) throws Exception {
        return run(checkout.resolve("pie"), dir, environment, args);
    }

    private record Run(int code, String out, String err) {}

    private Run run(Path pie, Path folder, Map<String, String> environment, String... args) throws Exception {
        var command = new ArrayList<>(List.of(pie.toString()));
        command.addAll(List.of(args));
        Path out = Files.createTempFile(dir, "out", "");
        Path err = Files.createTempFile(dir, "err", "");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> all = new HashMap<>(environment);
        all.put("PIE_JVM_FOLDERS", jvms.toString());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "PIE_JAVA_HOME", "PIE_JAVA_OPTS"));
        builder.environment().putAll(all);
        int code = builder.start().waitFor();
        return new Run(
                code, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }
}
