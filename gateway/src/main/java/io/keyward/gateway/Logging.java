package io.keyward.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.keyward.config.LogFormat;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.gateway.server.StartException;
import java.util.EnumSet;
import org.slf4j.LoggerFactory;

/**
 * Sets logging up: to standard output or {@code logfile}, as text or JSON, from {@code loglevel}
 * on.
 *
 * <p>Logback finds it as a service, so that nothing is printed in another way before the settings
 * are known.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n";

  /** For the service loader. */
  public Logging() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    boolean _ = install(context, LogFormat.TEXT, "", Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * Logs as the settings say from now on.
   *
   * @throws StartException if the file to log to cannot be opened
   */
  static void apply(LogFormat format, LiveSettings live) throws StartException {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.reset();
      String file = live.text(Directive.LOGFILE);
      if (!install(context, format, file, level(live))) {
        throw new StartException(
            "logfile "
                + file
                + " cannot be opened. Remedy: give the path of a file that this user may write, or"
                + " none, for standard output.");
      }
      live.onChange(EnumSet.of(Directive.LOGLEVEL), () -> applyLevel(live));
    }
  }

  /** Changes the level alone. */
  private static void applyLevel(LiveSettings live) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level(live));
    }
  }

  private static Level level(LiveSettings live) {
    return switch (live.text(Directive.LOGLEVEL)) {
      case "debug", "verbose" -> Level.DEBUG;
      case "warning" -> Level.WARN;
      case "nothing" -> Level.OFF;
      default -> Level.INFO;
    };
  }

  /** Returns false if there is nowhere to log to. */
  private static boolean install(
      LoggerContext context, LogFormat format, String file, Level level) {
    OutputStreamAppender<ILoggingEvent> appender = appender(file);
    appender.setContext(context);
    appender.setEncoder(encoder(context, format));
    appender.start();
    var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(appender);
    // What the libraries say below a warning is about themselves.
    context.getLogger("io.netty").setLevel(Level.WARN);
    context.getLogger("io.vertx").setLevel(Level.WARN);
    return appender.isStarted();
  }

  private static OutputStreamAppender<ILoggingEvent> appender(String file) {
    if (file.isEmpty()) {
      return new ConsoleAppender<>();
    }
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(file);
    return appender;
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
    if (format == LogFormat.JSON) {
      JsonLines encoder = new JsonLines();
      encoder.setContext(context);
      encoder.start();
      return encoder;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }
}
