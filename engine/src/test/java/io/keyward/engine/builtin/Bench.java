package io.keyward.engine.builtin;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Client;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.Loop;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.Turns;
import io.keyward.engine.builtin.dump.Payload;
import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.command.CommandTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * A keyspace without sockets: commands go in as words, replies come out as text.
 *
 * <p>Time passes only when a test says so for the tasks of the loop; commands see the real clock.
 */
public final class Bench {
  /** How often the loop goes round in a millisecond. */
  private static final int ROUNDS = 4;

  private record Task(long at, long order, Runnable work) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private static final class TestLoop implements Loop {
    final PriorityQueue<Task> tasks = new PriorityQueue<>();
    final Turns turns = new Turns(this);
    long order;
    long time;
    int refusals;

    @Override
    public boolean isCurrent() {
      return true;
    }

    private void refuseIfWanted() {
      if (refusals > 0) {
        refusals--;
        throw new OutOfMemoryError("no task more");
      }
    }

    @Override
    public void execute(Runnable task) {
      refuseIfWanted();
      tasks.add(new Task(time, order++, task));
    }

    @Override
    public Timer schedule(long milliseconds, Runnable work) {
      refuseIfWanted();
      Task task = new Task(time + Math.max(1, milliseconds * ROUNDS), order++, work);
      tasks.add(task);
      return () -> tasks.remove(task);
    }

    @Override
    public Turns turns() {
      return turns;
    }

    void pass(long milliseconds) {
      long until = time + milliseconds * ROUNDS;
      while (!tasks.isEmpty() && tasks.peek().at <= until) {
        Task task = tasks.remove();
        time = task.at;
        task.work.run();
      }
      time = until;
    }
  }

  /** One connection of the bench. */
  public static final class Session implements Client.Connection {
    private final Reply reply = new Reply();
    private final Client client;
    private boolean closed;
    private final List<String[]> waiting = new ArrayList<>();
    private Runnable beforeNext = () -> {};

    private final BuiltinKeyspace keyspace;
    private final TestLoop loop;

    private Session(long id, BuiltinKeyspace keyspace, TestLoop loop) {
      this.keyspace = keyspace;
      this.loop = loop;
      client = new Client(id, this, reply, System.currentTimeMillis());
      client.authenticated(true);
      client.operator(true);
      keyspace.enter(client);
    }

    public Client client() {
      return client;
    }

    public boolean closed() {
      return closed;
    }

    /** Sends a command and takes every byte that has been written to this client. */
    public String run(String... words) {
      send(words);
      while (client.turn() == Client.Turn.SUSPENDED) {
        loop.pass(1);
      }
      return take();
    }

    /**
     * Sends a command, which may be in the middle afterwards; if the client waits, it waits. Long
     * words come in pieces, as they do from a socket.
     */
    public void send(String... words) {
      if (client.blocked() || client.turn() != Client.Turn.FREE) {
        waiting.add(words);
        return;
      }
      Request request = new Request();
      byte[][] parts = new byte[words.length][];
      int total = 0;
      for (int i = 0; i < words.length; i++) {
        parts[i] = words[i].getBytes(StandardCharsets.ISO_8859_1);
        total += parts[i].length;
      }
      byte[] buffer = new byte[total];
      request.begin(buffer);
      int at = 0;
      for (byte[] part : parts) {
        if (part.length >= Pieces.LEAST) {
          Pieces row = new Pieces(keyspace.home().pool());
          row.append(part, 0, part.length);
          request.add(row);
          continue;
        }
        System.arraycopy(part, 0, buffer, at, part.length);
        request.add(at, part.length);
        at += part.length;
      }
      request.client(client);
      Runnable first = beforeNext;
      beforeNext = () -> {};
      first.run();
      keyspace.beginBurst();
      keyspace.execute(request, reply);
      keyspace.endBurst();
      if (client.turn() != Client.Turn.SUSPENDED) {
        request.dropPieces();
      }
    }

    /** Does something when the next command has been received, before it is executed. */
    public void beforeNext(Runnable first) {
      beforeNext = first;
    }

    /** What has been written to this client since the last time, as text. */
    public String take() {
      String text = new String(reply.bytes(), 0, reply.length(), StandardCharsets.ISO_8859_1);
      reply.clear();
      return RespText.of(text);
    }

    @Override
    public void flushSoon() {}

    @Override
    public void resume() {
      while (!client.blocked() && client.turn() == Client.Turn.FREE && !waiting.isEmpty()) {
        send(waiting.removeFirst());
      }
    }

    @Override
    public void closeAfterReply() {
      closed = true;
    }

    @Override
    public void abort() {
      closed = true;
    }

    @Override
    public long pendingOutput() {
      return reply.length();
    }

    @Override
    public long pendingInput() {
      return 0;
    }

    @Override
    public String remoteAddress() {
      return "127.0.0.1:1";
    }

    @Override
    public String localAddress() {
      return "127.0.0.1:6379";
    }
  }

  private final TestLoop loop;
  private final LiveSettings settings;
  private final Home home;
  private final CommandTable table = new CommandTable();
  private final BuiltinEngine engine;
  private final BuiltinKeyspace keyspace;
  private final Session first;
  private long sessions;

  public Bench() {
    this(LiveSettings.defaults());
  }

  /** A bench whose settings do not begin as the defaults. */
  public Bench(LiveSettings settings) {
    this(settings, "");
  }

  /** A bench whose keyspace has a prefix. */
  public Bench(LiveSettings settings, String prefix) {
    this(settings, prefix, new TestLoop());
    home.start();
  }

  private Bench(LiveSettings settings, String prefix, TestLoop loop) {
    this(settings, prefix, loop, new Home(loop, settings));
  }

  /** A bench whose keyspaces have traits of their own. */
  public Bench(LiveSettings settings, String prefix, Function<String, KeyspaceTraits> traits) {
    this(settings, prefix, new TestLoop(), traits);
    home.start();
  }

  private Bench(
      LiveSettings settings,
      String prefix,
      TestLoop loop,
      Function<String, KeyspaceTraits> traits) {
    this(settings, prefix, loop, new Home(loop, settings), traits);
  }

  private Bench(LiveSettings settings, String prefix, TestLoop loop, Home home) {
    this(settings, prefix, loop, home, absent -> KeyspaceTraits.NONE);
  }

  private Bench(
      LiveSettings settings,
      String prefix,
      TestLoop loop,
      Home home,
      Function<String, KeyspaceTraits> traits) {
    this.settings = settings;
    this.loop = loop;
    this.home = home;
    home.serializer(Payload.SERIALIZER);
    BuiltinCommands.declare(table);
    engine = new BuiltinEngine(List.of(home), table.seal(), traits);
    keyspace = engine.open(prefix);
    first = connect();
  }

  /** Another keyspace on the same loop. */
  public Bench neighbour() {
    return new Bench(settings, "neighbour", loop, home);
  }

  /** A further connection. */
  public Session connect() {
    return connect(keyspace);
  }

  /** A connection to another keyspace of the engine. */
  public Session connect(BuiltinKeyspace other) {
    return new Session(++sessions, other, loop);
  }

  /** All keyspaces, on one home. */
  public BuiltinEngine engine() {
    return engine;
  }

  /**
   * Sends a command on the first connection: words in quotes or between spaces.
   *
   * @return the reply as {@link RespText} shows it
   */
  public String run(String... words) {
    return first.run(words);
  }

  /** Sends a line of words separated by single spaces. */
  public String line(String words) {
    return first.run(words.split(" "));
  }

  public Session session() {
    return first;
  }

  public BuiltinKeyspace keyspace() {
    return keyspace;
  }

  public LiveSettings settings() {
    return settings;
  }

  /** Runs the loop's tasks that are due within so many milliseconds of its own time. */
  public void pass(long milliseconds) {
    loop.pass(milliseconds);
  }

  /** Has the loop refuse the next so many tasks, as if there were no memory for them. */
  public void refuse(int tasks) {
    loop.refusals = tasks;
  }

  /** Checks every invariant of the data. */
  public void validate() {
    home.pool().validate();
    engine.keyspaces().forEach(each -> each.databases().forEach(Database::validate));
  }
}
