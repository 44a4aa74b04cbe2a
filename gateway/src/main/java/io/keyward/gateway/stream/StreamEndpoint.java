package io.keyward.gateway.stream;

import io.keyward.engine.builtin.BuiltinEngine;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /streams/{deployment}/{key}}: replays a stream from an id and follows it live, as
 * Server-Sent Events.
 *
 * <p>The deployment is named by its prefix, {@code -} if that is empty; the key is percent-encoded
 * UTF-8. {@code Last-Event-ID}, or the query's {@code from}, is the id after which to begin;
 * without it the whole stream comes first. A comment every {@link #HEARTBEAT_MILLIS} tells the
 * reader that the connection lives. The response ends when the login that has been shown is not
 * admitted any more.
 */
public final class StreamEndpoint {
  /** What the paths of this endpoint begin with. */
  public static final String PATH = "/streams/";

  /** The name of a deployment without a prefix. */
  static final String WITHOUT_PREFIX = "-";

  private static final long HEARTBEAT_MILLIS = 15_000;

  /** How long a reader may go on at most whose login would be refused now. */
  private static final long ASK_AGAIN_MILLIS = 3000;

  private static final Pattern ID = Pattern.compile("\\d{1,20}(-\\d{1,20})?");
  private static final Pattern TARGET = Pattern.compile("/streams/([^/]+)/([^/]+)");

  private final Vertx vertx;
  private final BuiltinEngine engine;
  private final LongSupplier clientIds;

  /**
   * An endpoint for the streams of an engine.
   *
   * @param clientIds gives numbers that no other client has
   */
  public StreamEndpoint(Vertx vertx, BuiltinEngine engine, LongSupplier clientIds) {
    this.vertx = vertx;
    this.engine = engine;
    this.clientIds = clientIds;
  }

  /** Decides whether whoever asks may read a stream. */
  public interface Access {
    /** Everybody may. */
    Access ALL =
        new Access() {
          @Override
          public void ask(String prefix, String key, Consumer<Boolean> answer) {
            answer.accept(true);
          }

          @Override
          public void askAgain(String prefix, String key, Consumer<Boolean> answer) {
            answer.accept(true);
          }

          @Override
          public Runnable place() {
            return () -> {};
          }
        };

    /**
     * Decides; the answer comes on the context of the caller, at once or later.
     *
     * @param prefix of a deployment that need not exist
     */
    void ask(String prefix, String key, Consumer<Boolean> answer);

    /** Decides whether what has been admitted still would be; answers as {@link #ask}. */
    void askAgain(String prefix, String key, Consumer<Boolean> answer);

    /**
     * Takes a place among the connections of the deployment for one that has been admitted.
     *
     * @return what gives it back; null if there is none free
     */
    @Nullable Runnable place();
  }

  /** Answers a GET of a path that begins with {@link #PATH}. */
  public void answer(HttpServerRequest request, Access access) {
    Matcher target = TARGET.matcher(request.path() == null ? "" : request.path());
    if (!target.matches()) {
      refuse(request, 404, "A stream is asked for as /streams/{deployment}/{key}.\n");
      return;
    }
    String name = decoded(target.group(1));
    String prefix = name.equals(WITHOUT_PREFIX) ? "" : name;
    String key = decoded(target.group(2));
    access.ask(
        prefix,
        key,
        admitted -> {
          if (admitted) {
            answer(request, access, prefix, key);
          } else {
            request.response().putHeader("WWW-Authenticate", "Basic realm=\"keyward\"");
            refuse(
                request, 401, "The token of admin.token or a login of the deployment is needed.\n");
          }
        });
  }

  private void answer(HttpServerRequest request, Access access, String prefix, String key) {
    BuiltinKeyspace keyspace = engine.find(prefix);
    if (keyspace == null) {
      refuse(request, 404, "There is no deployment of this prefix.\n");
      return;
    }
    String from = first(request.getHeader("Last-Event-ID"), request.getParam("from"));
    if (!ID.matcher(from).matches()) {
      refuse(
          request, 400, "Last-Event-ID is no id of a stream's entry, such as 1700000000000-0.\n");
      return;
    }
    Runnable place = access.place();
    if (place == null) {
      refuse(request, 503, "The deployment has as many connections as it may have.\n");
    } else if (request.response().closed()) {
      place.run();
    } else {
      follow(request, access, keyspace, key, from, place);
    }
  }

  private static String first(@Nullable String one, @Nullable String other) {
    return one != null ? one : other != null ? other : "0-0";
  }

  private static String decoded(String segment) {
    return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static void refuse(HttpServerRequest request, int status, String text) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "text/plain; charset=utf-8")
        .end(text);
  }

  private void follow(
      HttpServerRequest request,
      Access access,
      BuiltinKeyspace keyspace,
      String key,
      String from,
      Runnable place) {
    HttpServerResponse response = request.response();
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream; charset=utf-8")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no");
    Context context = vertx.getOrCreateContext();
    Outlet outlet = new Outlet(response, context, keyspace);
    StreamFollower follower =
        new StreamFollower(
            keyspace,
            clientIds.getAsLong(),
            key,
            from,
            String.valueOf(request.remoteAddress()),
            outlet);
    outlet.follower = follower;
    long heartbeat = vertx.setPeriodic(HEARTBEAT_MILLIS, timer -> response.write(":\n\n"));
    long doubt =
        vertx.setPeriodic(
            ASK_AGAIN_MILLIS,
            timer ->
                access.askAgain(
                    keyspace.prefix(),
                    key,
                    still -> {
                      if (!still) {
                        keyspace.loop().execute(follower::end);
                      }
                    }));
    AtomicBoolean over = new AtomicBoolean();
    Runnable end =
        () -> {
          if (over.compareAndSet(false, true)) {
            vertx.cancelTimer(heartbeat);
            vertx.cancelTimer(doubt);
            place.run();
            keyspace.loop().execute(follower::end);
          }
        };
    // The one is told of what we end, the other of what the reader ends.
    response.endHandler(ended -> end.run());
    response.closeHandler(closed -> end.run());
    // Headers leave at once, so that the reader knows that it is connected.
    response.write(":\n\n");
    keyspace.loop().execute(follower::begin);
  }

  /** Carries events from the keyspace's loop to the response, and its readiness back. */
  private static final class Outlet implements StreamFollower.Receiver {
    private final HttpServerResponse response;
    private final Context context;
    private final BuiltinKeyspace keyspace;
    private @Nullable StreamFollower follower;

    Outlet(HttpServerResponse response, Context context, BuiltinKeyspace keyspace) {
      this.response = response;
      this.context = context;
      this.keyspace = keyspace;
    }

    @Override
    public void events(String text) {
      context.runOnContext(
          now -> {
            if (response.closed()) {
              return;
            }
            response.write(text);
            if (response.writeQueueFull()) {
              response.drainHandler(
                  drained -> {
                    response.drainHandler(null);
                    readOn();
                  });
            } else {
              readOn();
            }
          });
    }

    private void readOn() {
      StreamFollower present = follower;
      if (present != null) {
        keyspace.loop().execute(present::readOn);
      }
    }

    @Override
    public void end() {
      context.runOnContext(
          now -> {
            if (!response.closed() && !response.ended()) {
              response.end();
            }
          });
    }
  }
}
