package io.keyward.gateway.tls;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.EnumSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encrypts connections.
 *
 * <p>The certificates are read again when a {@code tls-} directive is set, even to the same value,
 * and on {@link #reload}; connections that are open keep theirs. The costly steps of a handshake
 * run on a few threads of their own, and a handshake that takes too long is given up.
 */
public final class Tls implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tls.class);
  private static final long HANDSHAKE_SECONDS = 10;
  private static final int HANDSHAKE_THREADS = 2;

  private final LiveSettings live;
  private final TlsDirectives directives;
  private final ExecutorService handshakes;
  private volatile @Nullable SslContext context;

  public Tls(LiveSettings live) {
    this.live = live;
    this.directives = new TlsDirectives(live);
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            HANDSHAKE_THREADS,
            HANDSHAKE_THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("keyward-tls-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
    handshakes = threads;
    live.onChange(EnumSet.copyOf(TlsDirectives.all()), this::directivesChanged);
  }

  private void directivesChanged() throws RefusedException {
    if (live.number(Directive.TLS_PORT) != 0) {
      reload();
    }
  }

  /**
   * Reads certificates and key again; new connections get them.
   *
   * @throws RefusedException if they cannot be used; the old ones stay in use
   */
  public void reload() throws RefusedException {
    context = directives.context();
    log.info("TLS certificates read from {}", live.text(Directive.TLS_CERT_FILE));
  }

  /** A handler that encrypts one connection. */
  public SslHandler handler(ByteBufAllocator allocator) {
    SslContext present = context;
    if (present == null) {
      throw new IllegalStateException("TLS has not been set up");
    }
    SslHandler handler = present.newHandler(allocator, handshakes);
    handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
    return handler;
  }

  @Override
  public void close() {
    handshakes.shutdownNow();
  }
}
