package io.keyward.gateway.server;

import io.keyward.config.directive.Directive;
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
  private volatile Saving saving = Saving.AT_SAVE_POINTS;
  private volatile boolean underWay;

  Shutdown(Server server, Server.Control control) {
    this.server = server;
    this.control = control;
  }

  /**
   * Begins to stop the server in good order; returns at once.
   *
   * @param atEnd whether a snapshot is written at the end
   */
  public void begin(Saving atEnd) {
    saving = atEnd;
    control.shutdown();
  }

  /** Whether a snapshot is to be written at the end. */
  public boolean saves() {
    return switch (saving) {
      case ALWAYS -> true;
      case NEVER -> false;
      case AT_SAVE_POINTS -> !server.live().text(Directive.SAVE).isEmpty();
    };
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
      session.home().schedule(SETTLING_MILLIS, session.departure()::endForStop);
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
