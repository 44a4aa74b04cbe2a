package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.gateway.fixture.Executables;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code gateway/run} in a tree of its own, with a JDK and a Maven that only tell their
 * arguments.
 */
class LauncherTest {
  @TempDir Path folder;

  private Path top;
  private Path source;
  private final Map<String, String> environment = new HashMap<>();

  private record Outcome(int status, String output) {}

  @BeforeEach
  void layOutATree() throws IOException {
    top = Files.createDirectory(folder.resolve("a tree"));
    source = top.resolve("engine/src/main/java/A.java");
    for (String room : List.of("config", "engine", "tenancy", "gateway")) {
      Files.createDirectories(top.resolve(room + "/src/main/java"));
      Files.writeString(top.resolve(room + "/pom.xml"), "");
    }
    Files.writeString(top.resolve("pom.xml"), "");
    Files.writeString(source, "");
    Files.writeString(source.resolveSibling("B.java"), "");
    script(top.resolve("gateway/run"), Files.readString(launcher()));
    script(
        folder.resolve("jdk/bin/java"),
        """
        #!/bin/bash
        for a; do case $a in
          -XX:AOTCacheOutput=*) echo trained >> "%1$s/log"; echo x > "${a#*=}"; exit 0 ;;
        esac; done
        printf '<%%s>' "$@"
        echo " in $PWD"
        """
            .formatted(folder));
    script(folder.resolve("jdk/bin/javac"), "");
    Files.writeString(
        folder.resolve("jdk/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.1\"\n");
    script(
        folder.resolve("bin/mvn"),
        """
        #!/bin/bash
        echo built >> "%1$s/log"
        mkdir -p "%2$s/gateway/target"
        touch "%2$s/gateway/target/keyward-gateway.jar" "%2$s/gateway/target/built"
        """
            .formatted(folder, top));
    environment.put("JAVA_HOME", folder.resolve("jdk").toString());
    makeSourcesOlderThanNow();
  }

  /** The launcher, whether the tests stand in the room or at the top. */
  private static Path launcher() {
    return Files.exists(Path.of("run")) ? Path.of("run") : Path.of("gateway", "run");
  }

  private static void script(Path path, String text) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }

  private void makeSourcesOlderThanNow() throws IOException {
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
    try (var files = Files.walk(top)) {
      for (Path path : files.toList()) {
        Files.setLastModifiedTime(path, old);
      }
    }
  }

  private Process start(Path script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(folder.toFile());
    builder.environment().remove("KEYWARD_JAVA_OPTS");
    builder.environment().putAll(environment);
    builder
        .environment()
        .merge("PATH", folder.resolve("bin").toString(), (path, own) -> own + ":" + path);
    return builder.start();
  }

  private Outcome run(Path script, String... arguments) throws Exception {
    Process process = start(script, arguments);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private Outcome run(String... arguments) throws Exception {
    return run(top.resolve("gateway/run"), arguments);
  }

  private List<String> log() throws IOException {
    Path log = folder.resolve("log");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  @Test
  void buildsAndTrainsOnceThenOnlyStarts() throws Exception {
    Outcome first = run();
    assertThat(first.status()).isZero();
    assertThat(first.output()).contains("keyward: building the gateway");
    assertThat(log()).containsExactly("built", "trained");
    Outcome second = run();
    assertThat(second.output()).startsWith("<-XX:+UseCompactObjectHeaders>");
    assertThat(second.output()).contains("<-XX:AOTCache=" + top.resolve("gateway/target"));
    assertThat(log()).containsExactly("built", "trained");
  }

  /** Two trainings at once would write the same file. */
  @Test
  @Timeout(60)
  void ofTwoStartsAtOnceOneBuildsAndTrainsAndTheOtherWaits() throws Exception {
    assumeTrue(Executables.onPath("flock").isPresent(), "needs flock");
    Path java = folder.resolve("jdk/bin/java");
    String training = Files.readString(java);
    script(
        java,
        training.replace(
            "exit 0", "until [[ -e \"%s/go\" ]]; do sleep 0.02; done; exit 0".formatted(folder)));
    Process first = start(top.resolve("gateway/run"));
    try (BufferedReader told = first.inputReader(StandardCharsets.UTF_8)) {
      while (!told.readLine().contains("preparing a faster start")) {}
      Process second = start(top.resolve("gateway/run"));
      try (BufferedReader toldBySecond = second.inputReader(StandardCharsets.UTF_8)) {
        assertThat(toldBySecond.readLine())
            .isEqualTo("keyward: waiting for another start, which is building");
        Files.createFile(folder.resolve("go"));
        assertThat(toldBySecond.readLine()).contains("<-XX:AOTCache=");
      } finally {
        Files.write(folder.resolve("go"), new byte[0]);
        second.waitFor();
      }
    }
    assertThat(first.waitFor()).isZero();
    assertThat(log()).containsExactly("built", "trained");
  }

  @Test
  void buildsAgainWhenASourceIsNewerOrGone() throws Exception {
    run();
    FileTime later = FileTime.from(Instant.now().plus(Duration.ofMinutes(1)));
    Files.setLastModifiedTime(source, later);
    run();
    assertThat(log()).containsExactly("built", "trained", "built", "trained");
    makeSourcesOlderThanNow();
    run();
    Files.delete(source);
    Files.setLastModifiedTime(source.getParent(), later);
    assertThat(run().output()).contains("keyward: building the gateway");
  }

  @Test
  void passesArgumentsOnAsTheyAreAndStaysInItsFolder() throws Exception {
    Outcome outcome = run("my file.yaml", "--save", "", "--requirepass", "a $b \"c\"");
    assertThat(outcome.output())
        .endsWith(
            "keyward-gateway.jar><my file.yaml><--save><><--requirepass><a $b \"c\"> in "
                + folder.toRealPath()
                + "\n");
  }

  @Test
  void worksThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("keyward"), top.resolve("gateway/run"));
    Outcome outcome = run(link, "check");
    assertThat(outcome.status()).isZero();
    assertThat(outcome.output()).contains("a tree/gateway/target/keyward-gateway.jar><check>");
  }

  @Test
  void aCollectorFromOutsideReplacesTheDefault() throws Exception {
    assertThat(run().output()).contains("<-XX:+UseSerialGC>");
    environment.put("KEYWARD_JAVA_OPTS", "-Xmx2g -XX:+UseZGC");
    assertThat(run().output()).contains("<-Xmx2g><-XX:+UseZGC>").doesNotContain("UseSerialGC");
  }

  @Test
  void startsWithoutACacheWhenTrainingFails() throws Exception {
    script(
        folder.resolve("jdk/bin/java"),
        "#!/bin/bash\n[[ \"$*\" != *--aot-train* ]] || exit 1\necho \"started $*\"\n");
    Outcome outcome = run();
    assertThat(outcome.status()).isZero();
    assertThat(outcome.output()).contains("no AOT cache").contains("started ");
    assertThat(run().output()).startsWith("started ").doesNotContain("AOTCache");
  }

  @Test
  void aFailedBuildStartsNothing() throws Exception {
    script(folder.resolve("bin/mvn"), "#!/bin/bash\nexit 1\n");
    Outcome outcome = run();
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.output()).contains("the build failed").doesNotContain("<-jar>");
  }

  @Test
  void aJdkOfAnotherVersionIsNotTaken() throws Exception {
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"24.0.1\"\n");
    script(folder.resolve("jdk/bin/java"), "#!/bin/bash\necho wrong\n");
    assertThat(run("--version").output()).doesNotContain("wrong");
  }
}
