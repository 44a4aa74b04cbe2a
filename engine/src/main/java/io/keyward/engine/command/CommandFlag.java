package io.keyward.engine.command;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The flags of a command, named as COMMAND INFO names them. */
public enum CommandFlag {
  WRITE,
  READONLY,
  /** Refused when memory is short. */
  DENYOOM,
  ADMIN,
  PUBSUB,
  NOSCRIPT,
  BLOCKING,
  /** Allowed while data is loading. */
  LOADING,
  STALE,
  SKIP_MONITOR,
  SKIP_SLOWLOG,
  ASKING,
  FAST,
  NO_AUTH,
  MAY_REPLICATE,
  NO_ASYNC_LOADING,
  /** May be called without a key although it can take some. */
  NO_MANDATORY_KEYS,
  NO_MULTI,
  ALLOW_BUSY,
  /** Key positions cannot be told from first, last and step alone. */
  MOVABLEKEYS,
  /** DEBUG and the like: only when protected commands are enabled. */
  PROTECTED,
  /** Concerns the whole gateway, so that only whoever administers it may call it. */
  SERVER_WIDE,
  /** Allowed to a client of RESP2 that listens to channels. */
  WHILE_SUBSCRIBED,
  /** Executed at once although a transaction gathers commands. */
  NOT_QUEUED,
  /** Executes what a transaction has gathered, and counts as that does. */
  EXECUTES_QUEUE,
  /** May make a key anew, though it is not refused when memory is short. */
  MAY_MAKE_KEY,
  /** Refused when writes are, though it changes nothing, so that who asks for health learns. */
  REFUSED_WITH_WRITES;

  private static final Set<CommandFlag> OWN =
      EnumSet.of(
          MAY_REPLICATE,
          PROTECTED,
          SERVER_WIDE,
          WHILE_SUBSCRIBED,
          NOT_QUEUED,
          EXECUTES_QUEUE,
          MAY_MAKE_KEY,
          REFUSED_WITH_WRITES);

  private final String wireName = name().toLowerCase(Locale.ROOT);

  public String wireName() {
    return wireName;
  }

  /** Whether COMMAND tells of the flag, as Redis does of all but these. */
  public boolean announced() {
    return !OWN.contains(this);
  }
}
