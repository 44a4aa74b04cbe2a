package io.keyward.loadtest;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that makes one kind of noise, again and again but for the rests it is given, until its
 * input ends.
 *
 * <p>It is a process of its own, and of the class of those that run when nobody else wants the
 * processor, so that it cannot delay the one that measures.
 */
final class NoisyNeighbour implements AutoCloseable {
  private static final String READY = "ready";
  private static final String RESTING = "resting";
  private static final int REST = 'r';
  private static final int GO_ON = 'g';
  private static final int TELL = '\n';

  private final Process process;

  private NoisyNeighbour(Process process) {
    this.process = process;
  }

  /** Starts it and returns when what the noise needs is there. */
  static NoisyNeighbour start(Noise noise, InetSocketAddress address, String login)
      throws IOException {
    Process process =
        new ProcessBuilder(
                "chrt",
                "--idle",
                "0",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                NoisyNeighbour.class.getName(),
                noise.name(),
                Integer.toString(address.getPort()),
                login)
            .redirectError(Redirect.INHERIT)
            .start();
    NoisyNeighbour neighbour = new NoisyNeighbour(process);
    String said = neighbour.line();
    if (!said.equals(READY)) {
      neighbour.close();
      throw new IOException("the neighbour that makes " + noise + " has ended");
    }
    return neighbour;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = process.getInputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString();
  }

  private void tell(int what) throws IOException {
    process.getOutputStream().write(what);
    process.getOutputStream().flush();
  }

  /** Lets it end the noise that it makes now, and no further one begin. */
  void rest() throws IOException {
    tell(REST);
    String said = line();
    if (!said.equals(RESTING)) {
      throw new IOException("the neighbour does not rest: " + said);
    }
  }

  /** Lets it make noise again. */
  void goOn() throws IOException {
    tell(GO_ON);
  }

  /** How often it has made its noise until now. */
  long made() throws IOException {
    tell(TELL);
    return Long.parseLong(line());
  }

  /** Processor time it has used. */
  long cpuNanos() throws IOException {
    return ProcessFigures.cpuNanos(process.pid());
  }

  /** Ends it, and what it has stored. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor();
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The process's own life; arguments are the noise, the port and what logs in. */
  public static void main(String[] args) throws IOException {
    Noise noise = Noise.valueOf(args[0]);
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
    AtomicLong made = new AtomicLong();
    AtomicBoolean over = new AtomicBoolean();
    Semaphore turn = new Semaphore(1, true);
    try (Noise.Line line = new Noise.Line(address, args[2] + "\r\n")) {
      noise.prepare(line);
      Thread maker =
          Thread.ofPlatform()
              .daemon()
              .name("noise")
              .unstarted(() -> make(noise, line, made, over, turn));
      say(READY);
      maker.start();
      for (int told = System.in.read(); told >= 0; told = System.in.read()) {
        switch (told) {
          case REST -> {
            turn.acquireUninterruptibly();
            say(RESTING);
          }
          case GO_ON -> turn.release();
          default -> say(Long.toString(made.get()));
        }
      }
      over.set(true);
    }
    System.exit(0);
  }

  private static void make(
      Noise noise, Noise.Line line, AtomicLong made, AtomicBoolean over, Semaphore turn) {
    try {
      while (true) {
        turn.acquireUninterruptibly();
        try {
          noise.make(line);
        } finally {
          turn.release();
        }
        made.incrementAndGet();
      }
    } catch (IOException | ErrorReplyException ended) {
      if (!over.get()) {
        System.err.println(noise + " ended: " + ended.getMessage());
      }
    }
  }

  private static void say(String text) {
    System.out.write((text + "\n").getBytes(StandardCharsets.US_ASCII), 0, text.length() + 1);
    System.out.flush();
  }
}
