package io.keyward.loadtest;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A server that is ended by signals and started again on the same files. */
final class RestartedServer implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final String line;
  private final Path directory;
  private final InetSocketAddress address;
  private Process process;

  private RestartedServer(String line, Path directory, InetSocketAddress address, Process process) {
    this.line = line;
    this.directory = directory;
    this.address = address;
    this.process = process;
  }

  /** Starts the server that a shell command becomes, and waits until it answers PING. */
  static RestartedServer start(String line, Path directory, InetSocketAddress address)
      throws IOException, InterruptedException {
    return new RestartedServer(line, directory, address, started(line, directory, address));
  }

  private static Process started(String line, Path directory, InetSocketAddress address)
      throws IOException, InterruptedException {
    Path output = directory.resolveSibling(directory.getFileName() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "exec " + line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("KEYWARD_ADMIN_PORT", "0");
    Process process = builder.start();
    long begun = System.nanoTime();
    while (true) {
      try (ControlConnection connection = new ControlConnection(address)) {
        if (connection.call("PING").equals("PONG")) {
          return process;
        }
      } catch (IOException | ErrorReplyException notYet) {
        if (!process.isAlive() || System.nanoTime() - begun > START_NANOS) {
          process.destroyForcibly();
          throw new IOException("the server does not start, see " + output, notYet);
        }
      }
      Thread.sleep(1);
    }
  }

  InetSocketAddress address() {
    return address;
  }

  /** Sends a signal and waits for the end of the process. */
  void end(String signal) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IOException("the signal " + signal + " could not be sent");
    }
    process.waitFor();
  }

  /** Starts it again and waits until it answers PING. */
  void startAgain() throws IOException, InterruptedException {
    process = started(line, directory, address);
  }

  /** Ends the process at once and waits until it is gone, so that nothing writes its files. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
