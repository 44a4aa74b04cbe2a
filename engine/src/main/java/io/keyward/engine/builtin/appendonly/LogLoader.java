package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.propagation.WholeKeyspace;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the files of an append-only file into the keyspaces, on a thread that is no loop. */
final class LogLoader {
  private static final Logger log = LoggerFactory.getLogger(LogLoader.class);
  private static final byte[] SNAPSHOT = {'R', 'E', 'D', 'I', 'S'};

  private final CommandTable table;
  private final Residents residents;
  private final FunctionNames functionNames;
  private final BaseSnapshots snapshots;
  private final LoadProgress progress;
  private final boolean truncatedAllowed;
  private final Map<Home, ReplayQueue> queues = new HashMap<>();
  private final Replayed.Spare spare = new Replayed.Spare();
  private final GlobalView view;

  /** Bytes of the files that have been read. */
  private long before;

  LogLoader(
      CommandTable table,
      Residents residents,
      FunctionNames functionNames,
      BaseSnapshots snapshots,
      LoadProgress progress,
      boolean truncatedAllowed) {
    this.table = table;
    this.residents = residents;
    this.functionNames = functionNames;
    this.snapshots = snapshots;
    this.progress = progress;
    this.truncatedAllowed = truncatedAllowed;
    view = new GlobalView(this.table, residents);
  }

  /**
   * Reads base and increments.
   *
   * @throws IOException if one is not there or cannot be read, with the remedy
   */
  void load(LogFiles files, Manifest manifest) throws IOException, InterruptedException {
    List<Path> parts = parts(files, manifest);
    Manifest.Part base = manifest.base();
    long total = 0;
    for (Path part : parts) {
      total += Files.size(part);
    }
    progress.begin(total);
    for (Path part : parts) {
      load(part, base == null || !part.equals(files.path(base)) || parts.size() == 1);
      long size = Files.size(part);
      before += size;
      progress.fileEnds(size);
    }
  }

  /**
   * The files that a manifest names, in their order.
   *
   * @throws IOException if one is not there or cannot be read, with the remedy
   */
  static List<Path> parts(LogFiles files, Manifest manifest) throws IOException {
    List<Path> parts = new ArrayList<>();
    Manifest.Part base = manifest.base();
    if (base != null) {
      parts.add(files.path(base));
    }
    manifest.increments().forEach(part -> parts.add(files.path(part)));
    for (Path part : parts) {
      if (!Files.isRegularFile(part) || !Files.isReadable(part)) {
        throw new IOException(
            "The append-only file "
                + part
                + " is named by "
                + files.manifest()
                + " but is not there or cannot be read. Restore it, or take its line out of the"
                + " manifest if its data may be lost.");
      }
    }
    return parts;
  }

  private void load(Path file, boolean mayEndEarly) throws IOException, InterruptedException {
    long from = 0;
    if (isSnapshot(file) || isDamagedSnapshot(file)) {
      from = snapshots.read(file, residents, progress);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(from);
      replay(file, new CommandReader(channel));
    } catch (DamagedFileException damaged) {
      finish();
      mend(file, mayEndEarly, damaged);
    }
    long failures = finish();
    if (failures > 0) {
      log.warn("{} commands of {} have answered with an error", failures, file);
    }
  }

  /** Whether a file begins as a snapshot; else it holds commands alone. */
  static boolean isSnapshot(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(SNAPSHOT.length), SNAPSHOT);
    }
  }

  /**
   * Whether a file is a snapshot by its name and begins neither as one nor as commands do, which a
   * rewrite names so if aof-use-rdb-preamble is changed while it runs.
   */
  private static boolean isDamagedSnapshot(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return file.getFileName().toString().endsWith(".rdb") && in.read() != '*';
    }
  }

  private void replay(Path file, CommandReader reader) throws IOException, InterruptedException {
    int database = 0;
    long offset = reader.offset();
    long unitStart = offset;
    List<Replayed> unit = null;
    Replayed command = spare.take();
    while (next(command.request(), reader, unit, unitStart)) {
      Request request = command.request();
      switch (resolve(request, unit == null ? offset : unitStart)) {
        case "select" -> {
          database = selected(request, unit == null ? offset : unitStart);
          spare.giveBack(command);
        }
        case "multi" -> {
          unit = new ArrayList<>();
          unitStart = offset;
          spare.giveBack(command);
        }
        case "exec" -> {
          for (Replayed held : unit == null ? List.<Replayed>of() : unit) {
            queue(held);
          }
          unit = null;
          spare.giveBack(command);
        }
        default -> {
          if (WholeKeyspace.isEverywhere(reader.note())) {
            command.everywhere(offset);
          } else {
            BuiltinKeyspace keyspace = enter(request, reader, file, offset);
            refuseBeyond(keyspace.databases().count(), database, file, offset);
            command.of(keyspace, database, offset);
            command.keyHash(view.keyHash());
          }
          if (unit == null) {
            queue(command);
          } else {
            unit.add(command);
          }
        }
      }
      offset = reader.offset();
      command = spare.take();
    }
    if (unit != null) {
      throw DamagedFileException.truncated(unitStart);
    }
  }

  /** A transaction whose end is missing is missing as a whole. */
  private static boolean next(
      Request request, CommandReader reader, @Nullable List<Replayed> unit, long unitStart)
      throws IOException {
    try {
      return reader.next(request);
    } catch (DamagedFileException damaged) {
      throw unit != null && damaged.truncated()
          ? DamagedFileException.truncated(unitStart)
          : damaged;
    }
  }

  private String resolve(Request request, long offset) throws IOException {
    try {
      Command command = view.resolve(request);
      if (!command.accepts(request.count())) {
        throw Errors.wrongArity(command.fullName());
      }
      return command.fullName();
    } catch (CommandException refused) {
      throw DamagedFileException.refused(offset, reason(request, refused));
    }
  }

  private static int selected(Request request, long offset) throws IOException {
    try {
      return (int) request.integer(1, 0, Integer.MAX_VALUE, Errors.DATABASE_OUT_OF_RANGE);
    } catch (CommandException refused) {
      throw DamagedFileException.refused(offset, reason(request, refused));
    }
  }

  /** Refuses what another number of databases has been written with, as of a snapshot. */
  private static void refuseBeyond(int count, int database, Path file, long offset)
      throws IOException {
    if (database >= count) {
      throw new IOException(
          ("The append-only file %s holds keys of database %d, at offset %d, and the directive"
                  + " databases says %d. Start with as many as it was written with")
              .formatted(file, database, offset, count));
    }
  }

  private BuiltinKeyspace enter(Request request, CommandReader reader, Path file, long offset)
      throws IOException {
    try {
      return view.enter(request, reader.note());
    } catch (CommandException refused) {
      throw new IOException(
          "The append-only file "
              + file
              + " is of other deployments: at offset "
              + offset
              + ", "
              + reason(request, refused)
              + ". Start with the prefixes under which it was written, or move the folder away",
          refused);
    }
  }

  private static String reason(Request request, CommandException refused) {
    String name = request.text(0);
    return "of the command "
        + (name.length() > 32 ? name.substring(0, 32) : name)
        + ": "
        + refused.line().replaceFirst("^ERR ", "");
  }

  /** A keyspace that is in memory alone takes nothing from a file. */
  private void queue(Replayed command) throws InterruptedException {
    if (command.isEverywhere()) {
      everywhere(command);
      spare.giveBack(command);
      return;
    }
    if (!command.keyspace().effects().kept()) {
      spare.giveBack(command);
      return;
    }
    if (CloneReplay.isClone(command.request())) {
      cloneAgain(command);
      spare.giveBack(command);
    } else if (queue(command.keyspace()).add(command)) {
      progress.at(command.offset());
    }
  }

  private void everywhere(Replayed command) {
    try {
      Replay.everywhere(functionNames, command.request(), before + command.offset());
    } catch (CommandException refused) {
      log.warn(
          "{} at offset {} of the append-only file is passed over: {}",
          command.request().command().fullName(),
          command.offset(),
          refused.line());
    }
  }

  private ReplayQueue queue(BuiltinKeyspace keyspace) {
    ReplayQueue known = queues.get(keyspace.home());
    if (known == null) {
      known = new ReplayQueue(keyspace.home(), before, spare);
      queues.put(keyspace.home(), known);
    }
    return known;
  }

  private void cloneAgain(Replayed command) throws InterruptedException {
    for (ReplayQueue queue : queues.values()) {
      var _ = queue.finish();
    }
    BuiltinKeyspace source = residents.of(CloneReplay.sourceOf(command.request()));
    if (source != null) {
      new CloneReplay(table, source, command.keyspace())
          .run(queue(command.keyspace()), spare, command.offset());
    }
  }

  private long finish() throws InterruptedException {
    long failures = 0;
    for (ReplayQueue queue : queues.values()) {
      failures += queue.finish();
    }
    queues.clear();
    return failures;
  }

  /**
   * Cuts the end off a file that stops in the middle of a command, if that is allowed. While the
   * log is being rewritten some homes write to the last increment and others to the one before, so
   * that either may end so; but what a home does goes to the next one only when all before it is
   * safe, so that nothing is missing in the middle.
   */
  private void mend(Path file, boolean mayEndEarly, DamagedFileException damaged)
      throws IOException {
    if (!damaged.truncated()) {
      throw new IOException(
          "The append-only file "
              + file
              + " is damaged at offset "
              + damaged.offset()
              + ": "
              + damaged.getMessage()
              + (damaged.refused()
                  ? ", which redis-check-aof does not see. Make a copy of it, then cut it off"
                      + " there: truncate -s "
                      + damaged.offset()
                      + " "
                  : ". Make a copy of it, then mend it with: redis-check-aof --fix ")
              + file,
          damaged);
    }
    if (!mayEndEarly || !truncatedAllowed) {
      throw new IOException(
          "The append-only file "
              + file
              + " ends in the middle of a command or transaction, at offset "
              + damaged.offset()
              + ". Make a copy of it, then mend it with: redis-check-aof --fix "
              + file
              + (mayEndEarly ? ", or start with aof-load-truncated yes" : ""),
          damaged);
    }
    long size = Files.size(file);
    log.warn(
        "{} ends in the middle of a command or transaction: {} bytes are cut off, from offset {} on"
            + " (aof-load-truncated)",
        file,
        size - damaged.offset(),
        damaged.offset());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(damaged.offset());
      channel.force(true);
    }
  }
}
