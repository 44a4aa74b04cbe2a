package io.keyward.engine;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What commands may know and change of a connection.
 *
 * <p>It belongs to the home loop of its keyspace and is touched there only. What an engine keeps
 * for a client (transaction, subscriptions, what it waits for) hangs at {@link #state()}.
 */
public final class Client {
  /** What a client may ask of its socket; every call comes on the keyspace's home loop. */
  public interface Connection {
    /** Sends what the reply holds soon, at the latest when the current burst is over. */
    void flushSoon();

    /** Goes on with the requests that waited while the client was blocked. */
    void resume();

    /** Closes the connection after what the reply holds has been sent. */
    void closeAfterReply();

    /** Closes the connection at once; nothing more is sent. */
    void abort();

    /** Closes the connection at once, since clients take more memory than they may. */
    default void cutOff() {
      abort();
    }

    /** Bytes of memory that the input takes which no command has taken yet. */
    default long occupiedInput() {
      return pendingInput();
    }

    /** Bytes that wait to be sent: in the reply and in the socket's queue. */
    long pendingOutput();

    /** Bytes received that no command has taken yet. */
    long pendingInput();

    /** Text such as {@code 127.0.0.1:50000} or {@code /path:0}. */
    String remoteAddress();

    String localAddress();
  }

  /** How replies are treated, by CLIENT REPLY. */
  public enum ReplyMode {
    ON,
    OFF,
    /** The reply to the next command is dropped. */
    SKIP_NEXT
  }

  /** How far the request is that was taken last. */
  public enum Turn {
    /** It is done, or it is being executed now, or it waits for what others do. */
    FREE,
    /** It is going to be executed when a command has ended that is in the middle. */
    WAITS,
    /** It is in the middle: its reply is unfinished, and other tasks have their turn. */
    SUSPENDED
  }

  private static final byte[] EMPTY = {};

  private final long serial;
  private long id;
  private final Connection connection;
  private final Reply reply;
  private final long createdAt;
  private byte[] name = EMPTY;
  private String libraryName = "";
  private String libraryVersion = "";
  private String user = "default";
  private boolean authenticated;
  private boolean operator;
  private int database;
  private ReplyMode replyMode = ReplyMode.ON;
  private boolean silenced;
  private boolean noEvict;
  private boolean noTouch;
  private boolean blocked;
  private Turn turn = Turn.FREE;
  private boolean closing;
  private boolean internal;
  private long lastInteraction;
  private String lastCommand = "NULL";
  private @Nullable Keyspace keyspace;
  private @Nullable Object state;

  /**
   * A client that has entered no keyspace.
   *
   * @param serial its number among all connections of the gateway
   * @param now milliseconds since 1970
   */
  public Client(long serial, Connection connection, Reply reply, long now) {
    this.serial = serial;
    this.id = serial;
    this.connection = connection;
    this.reply = reply;
    this.createdAt = now;
    this.lastInteraction = now;
  }

  /**
   * The number that the client and its neighbours see: counted within its keyspace, so that it does
   * not tell how many connect to others.
   */
  public long id() {
    return id;
  }

  /** Gives the client its number in the keyspace that it enters. */
  public void id(long inKeyspace) {
    id = inKeyspace;
  }

  /** The number among all connections of the gateway, for the operator and for logs. */
  public long serial() {
    return serial;
  }

  public Connection connection() {
    return connection;
  }

  /** The client's outgoing bytes. */
  public Reply reply() {
    return reply;
  }

  /** Milliseconds since 1970. */
  public long createdAt() {
    return createdAt;
  }

  public byte[] name() {
    return name;
  }

  public String nameText() {
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  public void name(byte[] given) {
    name = given;
  }

  /** Bytes of what the client calls itself. */
  public long namesBytes() {
    return (long) name.length + libraryName.length() + libraryVersion.length();
  }

  public String libraryName() {
    return libraryName;
  }

  public void libraryName(String given) {
    libraryName = given;
  }

  public String libraryVersion() {
    return libraryVersion;
  }

  public void libraryVersion(String given) {
    libraryVersion = given;
  }

  public String user() {
    return user;
  }

  public void user(String loggedIn) {
    user = loggedIn;
  }

  public boolean authenticated() {
    return authenticated;
  }

  public void authenticated(boolean loggedIn) {
    authenticated = loggedIn;
  }

  /** Whether the client may use what is the administrator's, such as DEBUG and CONFIG SET. */
  public boolean operator() {
    return operator;
  }

  public void operator(boolean administrator) {
    operator = administrator;
  }

  /** Whether a directive with the values yes, no and local (to this machine) admits the client. */
  public boolean admittedBy(String directive) {
    String address = connection.remoteAddress();
    return switch (directive) {
      case "yes" -> true;
      case "local" ->
          address.startsWith("127.") || address.startsWith("[::1]") || address.startsWith("/");
      default -> false;
    };
  }

  /** The number of the selected database. */
  public int database() {
    return database;
  }

  public void database(int index) {
    database = index;
  }

  public ReplyMode replyMode() {
    return replyMode;
  }

  public void replyMode(ReplyMode mode) {
    replyMode = mode;
  }

  /** Whether the reply to the command being executed is going to be dropped; pushes are not. */
  public boolean silenced() {
    return silenced;
  }

  public void silenced(boolean dropped) {
    silenced = dropped;
  }

  public boolean noEvict() {
    return noEvict;
  }

  public void noEvict(boolean on) {
    noEvict = on;
  }

  public boolean noTouch() {
    return noTouch;
  }

  public void noTouch(boolean on) {
    noTouch = on;
  }

  /** Whether the client waits for what others do, so that its next requests stay unread. */
  public boolean blocked() {
    return blocked;
  }

  public void blocked(boolean waiting) {
    blocked = waiting;
  }

  /** How far the request is that was taken last; the next ones stay unread unless it is free. */
  public Turn turn() {
    return turn;
  }

  public void turn(Turn now) {
    turn = now;
  }

  /** Whether the connection is being closed, so that further requests are dropped. */
  public boolean closing() {
    return closing;
  }

  public void closing(boolean ends) {
    closing = ends;
  }

  /** Whether the client stands for the gateway itself (a script, a loader) and has no socket. */
  public boolean internal() {
    return internal;
  }

  public void internal(boolean own) {
    internal = own;
  }

  /** Milliseconds since 1970. */
  public long lastInteraction() {
    return lastInteraction;
  }

  public void lastInteraction(long now) {
    lastInteraction = now;
  }

  /** The full name of the command last executed, such as {@code client|list}. */
  public String lastCommand() {
    return lastCommand;
  }

  public void lastCommand(String fullName) {
    lastCommand = fullName;
  }

  public @Nullable Keyspace keyspace() {
    return keyspace;
  }

  public void keyspace(@Nullable Keyspace entered) {
    keyspace = entered;
  }

  /** What the engine keeps for this client. */
  public @Nullable Object state() {
    return state;
  }

  public void state(@Nullable Object kept) {
    state = kept;
  }
}
