package io.keyward.gateway.server;

import io.keyward.engine.builtin.Home;
import java.util.concurrent.TimeUnit;

/** The end of a server in good order. */
public final class Shutdown {
  /** Whether a server that is stopped writes a snapshot. */
  public enum Saving {
    ALWAYS,
    NEVER,
    /** If there are save points. */
    AT_SAVE_POINTS
  }

  /** How long the sockets are still read after the stop has begun. */
  private static final long SETTLING_MILLIS = 50;

  private final Server server;
  private final Server.Control control;
  private final ShutdownAttempts attempts;
  private volatile boolean underWay;

  Shutdown(Server server, Server.Control control) {
    this.server = server;
    this.control = control;
    attempts = new ShutdownAttempts(server);
  }

  /** What comes before the end, as long as everything may still go on. */
  public ShutdownAttempts attempts() {
    return attempts;
  }

  /** Begins to stop the server in good order; returns at once. */
  public void begin() {
    control.shutdown();
  }

  /** Whether a snapshot is to be written at the end. */
  public boolean saves() {
    return attempts.savesAtEnd();
  }

  /** Whether the server is being stopped. */
  public boolean underWay() {
    return underWay;
  }

  /**
   * Answers what clients have asked, and closes their connections.
   *
   * @param timeoutMillis how long clients may take to read their answers
   */
  public void run(long timeoutMillis) throws InterruptedException {
    underWay = true;
    for (Session session : server.sessions()) {
      // What is on its way when the stop begins is still read.
      session.home().schedule(SETTLING_MILLIS, session.end()::endForStop);
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (!server.sessions().isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    server.heapWatch().close();
    for (Home home : server.homes()) {
      home.loop().execute(home::stop);
    }
  }
}
