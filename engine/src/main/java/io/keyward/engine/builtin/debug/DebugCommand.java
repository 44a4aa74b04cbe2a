package io.keyward.engine.builtin.debug;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.PROTECTED;
import static io.keyward.engine.command.CommandFlag.SERVER_WIDE;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.config.directive.Directive;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Reloading;
import io.keyward.engine.builtin.Reloading.Present;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DEBUG, for the operator and for tests; {@code enable-debug-command} says who may use it.
 *
 * <p>It is one command, as in Redis: its forms do not stand in the table of commands.
 */
public final class DebugCommand {
  private static final Logger log = LoggerFactory.getLogger(DebugCommand.class);
  private static final CommandException NOT_ALLOWED =
      CommandException.error(
          "DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you"
              + " can run it from a local connection, otherwise you need to set this option in the"
              + " configuration file, and then restart the server.");
  private static final CommandException BAD_THRESHOLD =
      CommandException.error("argument must be a memory value bigger than 1 and smaller than 4gb");
  private static final List<String> HELP =
      List.of(
          "DIGEST",
          "    Returns a digest of all keys and values.",
          "DIGEST-VALUE <key> [<key> ...]",
          "    Returns a digest of each value.",
          "ERROR <string>",
          "    Returns the string as an error.",
          "HTSTATS <dbid>",
          "    Tells about the dictionary of a database.",
          "LOADAOF",
          "    Removes all keys and loads them again from the append-only file.",
          "LOG <message>",
          "    Writes the message to the log.",
          "OBJECT <key>",
          "    Tells how a value is kept.",
          "PAUSE-CRON <0|1>",
          "    Stops or resumes the regular work.",
          "POPULATE <count> [<prefix>] [<size>]",
          "    Adds string keys.",
          "PROTOCOL <type>",
          "    Returns a sample of a type of reply.",
          "QUICKLIST-PACKED-THRESHOLD <size>",
          "    Sets from which size on an element of a list stands alone; 0 for the default.",
          "RELOAD [NOSAVE] [NOFLUSH] [MERGE]",
          "    Saves all keys, removes them (not with NOFLUSH) and loads them again; what is there",
          "    already may be loaded only with MERGE.",
          "SET-ACTIVE-EXPIRE <0|1>",
          "    Stops or resumes the expiry of keys that nobody asks for.",
          "SET-DISABLE-DENY-SCRIPTS <0|1>",
          "    Lets scripts call commands that are not meant for them, or no longer.",
          "SLEEP <seconds>",
          "    Holds back every command of the keyspace; others go on.",
          "HELP",
          "    Prints this help.");

  private DebugCommand() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("debug", SERVER)
            .differs(
                "SLEEP holds back the deployment's requests without blocking the thread. Of the"
                    + " subcommands there are those that DEBUG HELP lists.")
            .summary("Looks into the keyspace and sets up situations for tests.")
            .complexity("Depends on subcommand.")
            .syntax("subcommand [argument [argument ...]]")
            .arity(-2)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE, PROTECTED, SERVER_WIDE)
            .handler(DebugCommand::debug));
  }

  private static void debug(Request request, Reply reply) {
    Database database = Database.of(request);
    String allowed = database.keyspace().home().settings().text(Directive.ENABLE_DEBUG_COMMAND);
    if (!request.client().admittedBy(allowed)) {
      throw NOT_ALLOWED;
    }
    switch (request.text(1).toLowerCase(Locale.ROOT)) {
      case "help" -> {
        counted(request, 2, 2);
        help(reply);
      }
      case "digest" -> {
        counted(request, 2, 2);
        reply.simple(Digest.ofAll(database, request.now()));
      }
      case "digest-value" -> digestValues(request, reply);
      case "error" -> {
        counted(request, 3, 3);
        throw new CommandException(request.text(2));
      }
      case "htstats" -> {
        counted(request, 3, 4);
        Inspection.dictionary(request, reply);
      }
      case "log" -> {
        counted(request, 3, 3);
        log.warn("DEBUG LOG: {}", printable(request.text(2)));
        reply.ok();
      }
      case "object" -> {
        counted(request, 3, 3);
        Inspection.value(request, reply);
      }
      case "pause-cron" -> {
        counted(request, 3, 3);
        database.keyspace().home().regularWork(!flag(request, 2));
        reply.ok();
      }
      case "populate" -> {
        counted(request, 3, 5);
        Populate.run(request, reply);
      }
      case "protocol" -> {
        counted(request, 3, 3);
        ProtocolSamples.write(request.text(2), reply);
      }
      case "quicklist-packed-threshold" -> {
        counted(request, 3, 3);
        packedThreshold(request, reply);
      }
      case "set-active-expire" -> {
        counted(request, 3, 3);
        database.keyspace().activeExpiry().enabled(flag(request, 2));
        reply.ok();
      }
      case "set-disable-deny-scripts" -> {
        counted(request, 3, 3);
        database.keyspace().home().scriptsMayCallAll(flag(request, 2));
        reply.ok();
      }
      case "sleep" -> {
        counted(request, 3, 3);
        Sleep.run(request, reply);
      }
      case "reload" -> reload(request);
      case "loadaof" -> {
        counted(request, 2, 2);
        reloading(request).reloadLog(request);
      }
      default -> throw Errors.misusedSubcommand(request);
    }
  }

  private static void reload(Request request) {
    boolean save = true;
    boolean flush = true;
    boolean merge = false;
    for (int i = 2; i < request.count(); i++) {
      if (request.is(i, "NOSAVE")) {
        save = false;
      } else if (request.is(i, "NOFLUSH")) {
        flush = false;
      } else if (request.is(i, "MERGE")) {
        merge = true;
      } else {
        throw CommandException.error(
            "DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
      }
    }
    Present kept = merge ? Present.REPLACED : Present.REFUSED;
    reloading(request).reload(request, save, flush ? Present.FLUSHED : kept);
  }

  private static Reloading reloading(Request request) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    Reloading reloading = keyspace.home().reloading();
    if (reloading == null || !keyspace.mayBlock(request.client())) {
      throw CommandException.error("DEBUG RELOAD and LOADAOF are not possible here");
    }
    return reloading;
  }

  private static void counted(Request request, int least, int most) {
    if (request.count() < least || request.count() > most) {
      throw Errors.misusedSubcommand(request);
    }
  }

  private static boolean flag(Request request, int argument) {
    return request.integer(argument) != 0;
  }

  private static void help(Reply reply) {
    reply.array(HELP.size() + 1L);
    reply.simple("DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    HELP.forEach(reply::simple);
  }

  private static void digestValues(Request request, Reply reply) {
    Database database = Database.of(request);
    reply.array(request.count() - 2L);
    for (int i = 2; i < request.count(); i++) {
      reply.simple(Digest.ofValue(database, request.copyOf(i), request.now()));
    }
  }

  /** Without what would break a line of the log. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private static void packedThreshold(Request request, Reply reply) {
    String text = request.text(2).toLowerCase(Locale.ROOT);
    String digits = text.endsWith("b") ? text.substring(0, text.length() - 1) : text;
    if (!digits.matches("[0-9]{1,10}")) {
      throw BAD_THRESHOLD;
    }
    long size = Long.parseLong(digits);
    if (size >= 4L << 30) {
      throw BAD_THRESHOLD;
    }
    int threshold = size == 0 ? 1 << 30 : (int) Math.min(Integer.MAX_VALUE, size);
    Database.of(request).keyspace().home().plainListElement(threshold);
    reply.ok();
  }
}
