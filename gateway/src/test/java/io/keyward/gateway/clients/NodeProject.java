package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.keyward.gateway.fixture.Executables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The Node project in {@code src/test/clients}, copied to {@code target/clients} and installed
 * there with {@code npm ci}. It is installed once for each state of its lock file.
 */
final class NodeProject {
  private static final int OLDEST_NODE = 20;
  private static final long LIMIT_SECONDS = 600;

  private final Path node;
  private final Path directory;

  /** What a process wrote and how it ended. */
  record Outcome(int exitCode, String standardOutput, String standardError) {}

  private NodeProject(Path node, Path directory) {
    this.node = node;
    this.directory = directory;
  }

  /** Installs the project, or says what is missing for it. */
  static NodeProject install() throws IOException {
    Path node = program("node");
    Path npm = program("npm");
    Path module = module();
    Path sources = module.resolve("src/test/clients").toAbsolutePath();
    Path directory = module.resolve("target/clients").toAbsolutePath();
    NodeProject project = new NodeProject(node, directory);
    project.requireVersion();
    Files.createDirectories(directory);
    copy(sources, directory);
    Path installed = directory.resolve("node_modules/.installed-lock");
    Path lock = directory.resolve("package-lock.json");
    if (!Files.exists(installed) || Files.mismatch(installed, lock) >= 0) {
      Outcome outcome = run(directory, Map.of(), List.of(npm.toString(), "ci", "--prefer-offline"));
      if (outcome.exitCode() != 0) {
        throw new IllegalStateException(
            "npm ci could not install the Node clients:\n" + outcome.standardError());
      }
      Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
    }
    return project;
  }

  private static Path module() {
    return Files.isDirectory(Path.of("src/test/clients")) ? Path.of("") : Path.of("gateway");
  }

  /** The top of the source tree. */
  static Path top() {
    return module().toAbsolutePath().resolve("..").normalize();
  }

  /** The test files, in the order of their names. */
  List<Path> testFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".test.mjs")).sorted().toList();
    }
  }

  /** Runs one test file; standard output holds the lines of {@code reporter.mjs}. */
  Outcome run(Path file, Map<String, String> environment) {
    try {
      return run(
          directory,
          environment,
          List.of(node.toString(), "--test-reporter=./reporter.mjs", file.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a script of the project that is no test. */
  Outcome run(String script, List<String> arguments, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(node.toString(), script));
    command.addAll(arguments);
    return run(directory, environment, command);
  }

  private static Path program(String name) {
    return Executables.onPath(name)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    ("there is no %s on the PATH, and the Node clients are driven with it: install"
                            + " Node.js %d or newer with npm (Debian: apt install nodejs npm)")
                        .formatted(name, OLDEST_NODE)));
  }

  private void requireVersion() throws IOException {
    String version =
        run(directory.getRoot(), Map.of(), List.of(node.toString(), "--version"))
            .standardOutput()
            .strip();
    int major = Integer.parseInt(version.replaceFirst("^v(\\d+)\\..*$", "$1"));
    if (major < OLDEST_NODE) {
      throw new IllegalStateException(
          "Node.js %s on the PATH is too old for the Node clients: install %d or newer"
              .formatted(version, OLDEST_NODE));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> old = Files.list(to)) {
      for (Path file : old.filter(each -> each.toString().endsWith(".mjs")).toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static Outcome run(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    Path output = Files.createTempFile("keyward-node", ".out");
    Path errors = Files.createTempFile("keyward-node", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new IOException(command + " did not end within " + LIMIT_SECONDS + " s");
        }
        return new Outcome(
            process.exitValue(), Files.readString(output, UTF_8), Files.readString(errors, UTF_8));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while " + command + " ran", e);
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }
}
