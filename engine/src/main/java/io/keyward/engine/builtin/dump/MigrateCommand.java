package io.keyward.engine.builtin.dump;

import static io.keyward.engine.command.CommandFlag.SERVER_WIDE;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.GENERIC;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.INCOMPLETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Aside;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.dump.TargetServer.Outcome;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.command.KeySpec.Begin;
import io.keyward.engine.command.KeySpec.Find;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * MIGRATE: keys go to another server.
 *
 * <p>The event loop does not wait for that server, so others may change a key meanwhile. A key is
 * deleted only if it is still what was sent.
 */
final class MigrateCommand {
  private static final byte[] UNLINK = ascii("UNLINK");
  private static final int KEY = 3;
  private static final int DATABASE = 4;
  private static final int TIMEOUT = 5;
  private static final int FIRST_OPTION = 6;
  private static final long DEFAULT_TIMEOUT = 1000;
  private static final CommandException KEYS_WITH_KEY =
      CommandException.error(
          "When using MIGRATE KEYS option, the key argument must be set to the empty string");
  private static final CommandException NOT_HERE =
      CommandException.error("MIGRATE is not possible inside a transaction or script");
  private static final CommandException CHANGED =
      CommandException.error(
          "a key has been changed while it was migrated: it stays here, and the target has what it"
              + " was before");

  private MigrateCommand() {}

  static CommandBuilder declaration() {
    return Command.named("migrate", GENERIC)
        .differs(
            "Other clients are served meanwhile; a key that they change stays. Not inside a"
                + " transaction or script.")
        .since("2.6.0")
        .summary("Moves keys to another server.")
        .complexity("O(N) with N bytes of values")
        .syntax(
            "host port:integer <key | \"\"> destination-db:integer timeout:integer [COPY] [REPLACE]"
                + " [<AUTH password | AUTH2 username password>] [KEYS keys:key [keys:key ...]]")
        .arity(-6)
        .flags(WRITE, SERVER_WIDE)
        .categories(Category.DANGEROUS)
        .key(KEY, RW, ACCESS, DELETE)
        .keys(
            new KeySpec(
                Set.of(RW, ACCESS, DELETE, INCOMPLETE),
                new Begin.Keyword("KEYS", -2),
                new Find.Range(-1, 1, 0),
                ""))
        .keysBy(MigrateCommand::keys)
        .tips("nondeterministic_output")
        .secretsBy(MigrateCommand::secrets)
        .handler(MigrateCommand::migrate);
  }

  /**
   * What is asked besides host, port, database and time.
   *
   * @param login arguments of AUTH; empty for none
   * @param firstKey where keys begin if there are several, or 0
   */
  private record Options(boolean copy, boolean replace, List<byte[]> login, int firstKey) {
    static Options of(Request request) {
      boolean copy = false;
      boolean replace = false;
      List<byte[]> login = List.of();
      for (int at = FIRST_OPTION; at < request.count(); at++) {
        int further = request.count() - at - 1;
        if (request.is(at, "COPY")) {
          copy = true;
        } else if (request.is(at, "REPLACE")) {
          replace = true;
        } else if (request.is(at, "AUTH") && further >= 1) {
          login = List.of(request.copyOf(++at));
        } else if (request.is(at, "AUTH2") && further >= 2) {
          login = List.of(request.copyOf(at + 1), request.copyOf(at + 2));
          at += 2;
        } else if (request.is(at, "KEYS") && further >= 1) {
          if (request.length(KEY) > 0) {
            throw KEYS_WITH_KEY;
          }
          return new Options(copy, replace, login, at + 1);
        } else {
          throw Errors.SYNTAX;
        }
      }
      return new Options(copy, replace, login, 0);
    }
  }

  private static void keys(Request request, IntConsumer positions) {
    int first = Options.of(request).firstKey();
    if (first == 0) {
      positions.accept(KEY);
    }
    for (int at = first; first > 0 && at < request.count(); at++) {
      positions.accept(at);
    }
  }

  private static void secrets(Request request, IntConsumer positions) {
    for (int at = FIRST_OPTION; at < request.count() && !request.is(at, "KEYS"); at++) {
      int secrets = request.is(at, "AUTH") ? 1 : request.is(at, "AUTH2") ? 2 : 0;
      for (; secrets > 0 && at + 1 < request.count(); secrets--) {
        positions.accept(++at);
      }
    }
  }

  /** A key that is there, with what was sent of it. */
  private static final class Parcel {
    final int argument;
    final byte[] payload;
    final long expiry;

    Parcel(int argument, byte[] payload, long expiry) {
      this.argument = argument;
      this.payload = payload;
      this.expiry = expiry;
    }

    boolean isStill(@Nullable Entry entry) {
      return entry != null && entry.expiry() == expiry && Arrays.equals(Payload.of(entry), payload);
    }
  }

  private static void migrate(Request given, Reply reply) {
    Request request = given.copy();
    Options options = Options.of(request);
    int port = (int) request.integer(2, 0, 65535, Errors.NOT_AN_INTEGER);
    long database = request.integer(DATABASE, 0, Integer.MAX_VALUE, Errors.NOT_AN_INTEGER);
    long asked = request.integer(TIMEOUT);
    int timeout = (int) Math.min(Integer.MAX_VALUE, asked <= 0 ? DEFAULT_TIMEOUT : asked);
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    if (!keyspace.mayBlock(request.client())) {
      throw NOT_HERE;
    }
    List<Parcel> parcels = parcels(request);
    if (parcels.isEmpty()) {
      reply.simple("NOKEY");
      return;
    }
    List<List<byte[]>> first = new ArrayList<>();
    if (!options.login().isEmpty()) {
      List<byte[]> login = new ArrayList<>(List.of(ascii("AUTH")));
      login.addAll(options.login());
      first.add(login);
    }
    first.add(List.of(ascii("SELECT"), ascii(Long.toString(database))));
    List<List<byte[]>> commands =
        parcels.stream().map(parcel -> restore(request, parcel, options.replace())).toList();
    TargetServer target = new TargetServer(request.text(1), port, timeout);
    Aside.runOnData(
        request,
        () -> target.send(first, commands),
        (outcome, to) -> settle(request, parcels, options, outcome, to));
  }

  private static List<Parcel> parcels(Request request) {
    List<Parcel> parcels = new ArrayList<>();
    request
        .command()
        .keys(
            request,
            argument -> {
              Entry entry = Database.of(request).read(request, argument);
              if (entry != null) {
                parcels.add(new Parcel(argument, Payload.of(entry), entry.expiry()));
              }
            });
    return parcels;
  }

  private static List<byte[]> restore(Request request, Parcel parcel, boolean replace) {
    long left = parcel.expiry < 0 ? 0 : Math.max(1, parcel.expiry - request.now());
    List<byte[]> command = new ArrayList<>();
    command.add(ascii("RESTORE"));
    command.add(request.copyOf(parcel.argument));
    command.add(ascii(Long.toString(left)));
    command.add(parcel.payload);
    if (replace) {
      command.add(ascii("REPLACE"));
    }
    return command;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void settle(
      Request request, List<Parcel> parcels, Options options, Outcome outcome, Reply reply) {
    boolean whole = true;
    request.now(System.currentTimeMillis());
    for (int taken : outcome.taken()) {
      if (!options.copy()) {
        whole &= delete(request, parcels.get(taken));
      }
    }
    CommandException failure = outcome.failure() == null && !whole ? CHANGED : outcome.failure();
    if (failure != null) {
      throw failure;
    }
    reply.ok();
  }

  private static boolean delete(Request request, Parcel parcel) {
    Database database = Database.of(request);
    if (!parcel.isStill(database.read(request, parcel.argument))) {
      return false;
    }
    BuiltinKeyspace keyspace = database.keyspace();
    byte[] key = request.copyOf(parcel.argument);
    byte[] words = Arrays.copyOf(UNLINK, UNLINK.length + key.length);
    System.arraycopy(key, 0, words, UNLINK.length, key.length);
    Request unlink = new Request();
    unlink.begin(words);
    unlink.add(0, UNLINK.length);
    unlink.add(UNLINK.length, key.length);
    unlink.now(request.now());
    Reply ignored = new Reply();
    unlink.client(keyspace.members().internal(ignored));
    unlink.client().database(request.client().database());
    keyspace.executor().call(unlink, ignored, keyspace.table().resolve(unlink));
    return true;
  }
}
