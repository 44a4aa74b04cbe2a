package io.keyward.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server process that this program started in a directory of its own, and will end. */
final class RunningServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final Duration POLL = Duration.ofMillis(1);

  private final ServerCommand command;
  private final InetSocketAddress address;
  private final Path directory;
  private final Process process;
  private final Thread atExit = new Thread(this::end);
  private final long startNanos;
  private final String version;

  private RunningServer(
      ServerCommand command, InetSocketAddress address, @Nullable String cpus, Path directory)
      throws IOException, InterruptedException {
    this.command = command;
    this.address = address;
    this.directory = directory;
    List<String> words = new ArrayList<>();
    if (cpus != null) {
      words.addAll(List.of("taskset", "-c", cpus));
    }
    words.addAll(List.of("sh", "-c", "exec " + command.onPort(address.getPort())));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output().toFile());
    long begin = System.nanoTime();
    process = builder.start();
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      awaitPong(begin);
      startNanos = System.nanoTime() - begin;
      version = readVersion();
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts the server and waits until it answers PING.
   *
   * @param port where it listens; 0 takes a free one
   * @param cpus processors it may use, as taskset lists them; null for all
   */
  static RunningServer start(ServerCommand command, int port, @Nullable String cpus)
      throws IOException, InterruptedException {
    return new RunningServer(
        command,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.orFree(port)),
        cpus,
        Files.createTempDirectory("loadtest-" + command.name()));
  }

  /**
   * Ends the process and starts the same on what files it has left; in place of this object.
   *
   * @param on processors it may use from now on; null for all
   */
  RunningServer restart(@Nullable String on) throws IOException, InterruptedException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    end();
    return new RunningServer(command, address, on, directory);
  }

  String name() {
    return command.name();
  }

  /** How it was started, {port} for the port; says in which files it keeps its data. */
  String commandLine() {
    return command.line();
  }

  /** What the server calls itself in INFO, such as {@code redis_version 7.0.15}. */
  String version() {
    return version;
  }

  InetSocketAddress address() {
    return address;
  }

  /** Nanoseconds from starting the process to its first PONG. */
  long startNanos() {
    return startNanos;
  }

  /** Processor time the process has used so far, user and system, all threads, ended ones too. */
  long cpuNanos() throws IOException {
    return ProcessFigures.cpuNanos(process.pid());
  }

  /** Resident memory of the process in bytes. */
  long residentBytes() throws IOException {
    return ProcessFigures.residentBytes(process.pid());
  }

  ControlConnection connect() throws IOException {
    return new ControlConnection(address);
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    end();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Asks the server to end, and after a while makes it; also what a wrapper has started. */
  private void end() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroy);
    try {
      process.waitFor(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }

  private void awaitPong(long begin) throws IOException, InterruptedException {
    while (true) {
      try (ControlConnection connection = connect()) {
        if (connection.call("PING").equals("PONG")) {
          return;
        }
      } catch (IOException | ErrorReplyException notYet) {
        if (!process.isAlive()) {
          throw new IOException(
              name() + " ended with status " + process.exitValue() + ": " + lastOutput(), notYet);
        }
        if (System.nanoTime() - begin > START_LIMIT.toNanos()) {
          throw new IOException(
              name() + " did not answer PING in " + START_LIMIT + ": " + lastOutput(), notYet);
        }
      }
      Thread.sleep(POLL);
    }
  }

  /** Also makes sure that the figures of the process are those of the server. */
  private String readVersion() throws IOException {
    String info;
    try (ControlConnection connection = connect()) {
      info = connection.call("INFO", "server");
    } catch (ErrorReplyException e) {
      return "without INFO";
    }
    String pid = ControlConnection.infoField(info, "process_id");
    if (pid != null && Long.parseLong(pid) != process.pid()) {
      throw new IOException(
          name()
              + " runs as process "
              + pid
              + ", not as the process that was started ("
              + process.pid()
              + "): let its launcher exec it");
    }
    for (String field : List.of("keyward_version", "valkey_version", "redis_version")) {
      String value = ControlConnection.infoField(info, field);
      if (value != null) {
        return field + " " + value;
      }
    }
    return "of unknown version";
  }

  private Path output() {
    return directory.resolve("output.log");
  }

  private String lastOutput() {
    try {
      String text = Files.readString(output()).strip();
      return text.substring(Math.max(0, text.length() - 2000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
