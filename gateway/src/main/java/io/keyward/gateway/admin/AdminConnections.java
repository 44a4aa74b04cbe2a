package io.keyward.gateway.admin;

import io.keyward.engine.SteadyTime;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections of the admin port in number and in idleness, so that nobody keeps the
 * operator out.
 *
 * <p>Strangers, none of whose requests has been admitted yet, have a tenth of the places, and the
 * oldest of them gives way to a new one. Closed are connections that send no whole request, that
 * have none under way for long, and those that do not take what they have asked for. Any thread may
 * ask.
 */
final class AdminConnections {
  private static final int PART_OF_STRANGERS = 10;
  private static final long LOOK_MILLIS = 1000;

  /** For the whole of a first request, and for the body of any. */
  private static final long REQUEST_MILLIS = 10_000;

  private static final long IDLE_MILLIS = 75_000;
  private static final long UNREAD_MILLIS = 60_000;

  private final Vertx vertx;
  private final LongSupplier most;
  private final LongSupplier clock;
  private final Map<HttpConnection, Visit> visits = new LinkedHashMap<>();
  private long timer;

  /** What is known of a connection. */
  private static final class Visit {
    /** Since when nothing has gone on. */
    long quietSince;

    /** Since when the client has not taken what was sent; 0 = it takes it. */
    long unreadSince;

    boolean welcome;
    long requestAt;
    @Nullable HttpServerRequest request;

    Visit(long now) {
      quietSince = now;
    }
  }

  /**
   * No connections yet.
   *
   * @param most how many there may be
   * @param clock in milliseconds
   */
  AdminConnections(Vertx vertx, LongSupplier most, LongSupplier clock) {
    this.vertx = vertx;
    this.most = most;
    this.clock = clock;
  }

  /** As the other, by the steady clock. */
  AdminConnections(Vertx vertx, LongSupplier most) {
    this(vertx, most, SteadyTime::millis);
  }

  /** Begins to look after them. */
  void start() {
    timer = vertx.setPeriodic(LOOK_MILLIS, again -> closeQuiet());
  }

  /** Looks after them no more. */
  void end() {
    boolean _ = vertx.cancelTimer(timer);
  }

  /** A connection has come. */
  void comes(HttpConnection connection) {
    List<HttpConnection> going = new ArrayList<>();
    synchronized (this) {
      visits.put(connection, new Visit(clock.getAsLong()));
      long places = most.getAsLong();
      long ofStrangers = Math.max(1, places / PART_OF_STRANGERS);
      while (visits.size() > places || strangers() > ofStrangers) {
        going.add(oldestStranger());
      }
    }
    connection.closeHandler(closed -> goes(connection));
    going.forEach(HttpConnection::close);
  }

  private synchronized void goes(HttpConnection connection) {
    visits.remove(connection);
  }

  private long strangers() {
    return visits.values().stream().filter(visit -> !visit.welcome).count();
  }

  /** There is one at least, which has just come. */
  private HttpConnection oldestStranger() {
    Iterator<Map.Entry<HttpConnection, Visit>> all = visits.entrySet().iterator();
    while (true) {
      Map.Entry<HttpConnection, Visit> each = all.next();
      if (!each.getValue().welcome) {
        all.remove();
        return each.getKey();
      }
    }
  }

  /** A request has come. */
  synchronized void asks(HttpServerRequest request) {
    Visit visit = visits.get(request.connection());
    if (visit != null) {
      visit.request = request;
      visit.requestAt = clock.getAsLong();
    }
  }

  /** Whoever has asked that may do so. */
  synchronized void welcome(HttpServerRequest request) {
    Visit visit = visits.get(request.connection());
    if (visit != null) {
      visit.welcome = true;
    }
  }

  /** Closes those that have taken too long. */
  void closeQuiet() {
    List<HttpConnection> going = new ArrayList<>();
    synchronized (this) {
      long now = clock.getAsLong();
      visits.forEach(
          (connection, visit) -> {
            if (isLate(visit, now)) {
              going.add(connection);
            }
          });
      going.forEach(visits::remove);
    }
    going.forEach(HttpConnection::close);
  }

  private static boolean isLate(Visit visit, long now) {
    HttpServerRequest request = visit.request;
    if (request == null) {
      return now - visit.quietSince > REQUEST_MILLIS;
    }
    if (request.response().ended() || request.response().closed()) {
      return now - visit.quietSince > IDLE_MILLIS;
    }
    visit.quietSince = now;
    boolean unread = request.response().writeQueueFull();
    visit.unreadSince = !unread ? 0 : visit.unreadSince == 0 ? now : visit.unreadSince;
    return (unread && now - visit.unreadSince > UNREAD_MILLIS)
        || (!request.isEnded() && now - visit.requestAt > REQUEST_MILLIS);
  }
}
