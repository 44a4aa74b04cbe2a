package io.keyward.engine.builtin.appendonly;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.appendonly.Manifest.Part;
import io.keyward.engine.builtin.disk.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an append-only file on the disk: a base, which is a snapshot, and increments, which
 * tell what was done since; and the manifest that names them.
 *
 * <p>A rewrite replaces them by a new base and one increment:
 *
 * <pre>
 *            before          while it runs            after
 * manifest   b1 i1           b1 i1 i2                 b2 i2
 * written    i1              i2, temporary base       i2
 * </pre>
 *
 * <p>So at every moment the manifest names files that hold all of the data. Everything but the
 * sizes is asked and done under the lock of the log.
 */
final class LogChain {
  private static final Logger log = LoggerFactory.getLogger(LogChain.class);

  /** What follows the name of the log in those of its files. */
  private static final Pattern PART =
      Pattern.compile("\\.([1-9][0-9]{0,17})\\.(?:(base)\\.(?:rdb|aof)|incr\\.aof)");

  private final LiveSettings settings;
  private final Disk disk;
  private final ForceTimes forceTimes;
  private LogFiles files;
  private Manifest manifest = Manifest.EMPTY;
  private volatile @Nullable LogFile present;
  private volatile long finishedBytes;
  private volatile long baseSize;

  LogChain(LiveSettings settings, Disk disk, ForceTimes forceTimes) {
    this.settings = settings;
    this.disk = disk;
    this.forceTimes = forceTimes;
    files = LogFiles.of(settings);
  }

  LogFiles files() {
    return files;
  }

  Manifest manifest() {
    return manifest;
  }

  /** Takes the names of the files that the directives say now. */
  void locate() {
    files = LogFiles.of(settings);
  }

  /** Reads the manifest; without one the chain is empty. */
  void read() throws IOException {
    manifest = Files.exists(files.manifest()) ? Manifest.read(files.manifest()) : Manifest.EMPTY;
  }

  /**
   * Reads the manifest, or makes one for the single file of a Redis before version 7, or for files
   * whose manifest is missing, if there is no doubt about them.
   *
   * @return false if there is nothing to read
   */
  boolean find() throws IOException {
    if (!Files.exists(files.manifest()) && !takeOver() && !rebuild()) {
      return false;
    }
    manifest = Manifest.read(files.manifest());
    refuseTorn();
    return true;
  }

  /**
   * Refuses a manifest that has lost its end, and with it an increment. One that no manifest names
   * yet comes with a base that none names either, of a log that was about to be switched on.
   */
  private void refuseTorn() throws IOException {
    Found there = lookAround();
    if (there.bases().stream().anyMatch(part -> part.sequence() > manifest.lastBase())) {
      return;
    }
    for (Part part : there.increments()) {
      if (part.sequence() > manifest.lastIncrement() && !manifest.history().contains(part)) {
        throw new IOException(
            "The manifest %s does not name %s, which is later than what it names"
                    .formatted(files.manifest(), part.file())
                + ". Restore it from a backup, or add the line: file %s seq %d type i, or move the"
                    .formatted(part.file(), part.sequence())
                + " file away if its data may be lost.");
      }
    }
  }

  /** Makes the single file of a Redis before version 7 the base of a new log. */
  private boolean takeOver() throws IOException {
    Path former = files.formerFile();
    if (!Files.isRegularFile(former) || Files.isDirectory(files.folder())) {
      return false;
    }
    disk.makeFolder(files.folder());
    new Manifest(new Part(files.name(), 1), List.of(), List.of()).write(files.manifest(), disk);
    disk.replace(former, files.folder().resolve(files.name()));
    log.info("{} of a Redis before version 7 has become the base in {}", former, files.folder());
    return true;
  }

  /**
   * Writes a missing manifest anew. A base and an increment that are alone belong together, since
   * former ones are deleted in order when a rewrite has ended.
   */
  private boolean rebuild() throws IOException {
    if (!Files.isDirectory(files.folder())) {
      return false;
    }
    Found there = lookAround();
    List<Part> bases = there.bases();
    List<Part> increments = there.increments();
    if (bases.isEmpty() && increments.isEmpty()) {
      return false;
    }
    if (bases.size() > 1 || increments.size() > 1) {
      throw new IOException(
          "The append-only files in "
              + files.folder()
              + " have lost their manifest "
              + files.manifest().getFileName()
              + ". Restore it, or write one that names the files which belong together in their"
              + " order, or move the folder away to begin without its data.");
    }
    Part base = bases.isEmpty() ? null : bases.getFirst();
    new Manifest(base, List.of(), increments).write(files.manifest(), disk);
    log.warn("{} was missing and has been written anew for the files there", files.manifest());
    return true;
  }

  /** Files of the folder that hold something, by what their names say of them. */
  private record Found(List<Part> bases, List<Part> increments) {}

  private Found lookAround() throws IOException {
    Found there = new Found(new ArrayList<>(), new ArrayList<>());
    try (var found = Files.newDirectoryStream(files.folder(), files.name() + ".*")) {
      for (Path file : found) {
        Matcher parts =
            PART.matcher(file.getFileName().toString().substring(files.name().length()));
        if (parts.matches() && Files.size(file) > 0) {
          Part part = new Part(file.getFileName().toString(), Long.parseLong(parts.group(1)));
          (parts.group(2) != null ? there.bases() : there.increments()).add(part);
        }
      }
    }
    return there;
  }

  /** Opens the last increment to be written on, or a first one. */
  LogFile open() throws IOException {
    disk.makeFolder(files.folder());
    deleteHistory();
    deleteUnfinished();
    LogFile file;
    if (manifest.increments().isEmpty()) {
      Part increment = files.increment(1);
      disk.delete(files.path(increment));
      file = LogFile.open(files.path(increment), disk, forceTimes);
      manifest = manifest.plus(increment);
      manifest.write(files.manifest(), disk);
    } else {
      file = LogFile.open(files.path(manifest.increments().getLast()), disk, forceTimes);
    }
    present = file;
    finishedBytes = sizeWithout(file);
    baseSize = finishedBytes + file.size();
    return file;
  }

  /** What rewrites have left that were cut short. */
  private void deleteUnfinished() throws IOException {
    try (var left = Files.newDirectoryStream(files.folder(), "temp-*")) {
      for (Path file : left) {
        disk.delete(file);
      }
    }
  }

  /** Bytes of all files of the manifest but the one that is being written. */
  private long sizeWithout(LogFile file) throws IOException {
    long size = 0;
    Part base = manifest.base();
    if (base != null) {
      size += Files.size(files.path(base));
    }
    for (Part part : manifest.increments()) {
      if (!files.path(part).equals(file.path())) {
        size += Files.size(files.path(part));
      }
    }
    return size;
  }

  /**
   * An increment, and the file that it is.
   *
   * @param named whether the manifest names it
   * @param former what is written until then, or null
   */
  record Increment(Part part, LogFile file, boolean named, @Nullable LogFile former) {}

  /**
   * Forces what is in the file before an increment, so that little is left to be forced at the
   * instant when what is done goes to the increment: replies wait for that.
   */
  static void forceBefore(@Nullable Increment increment) throws IOException {
    LogFile former = increment == null ? null : increment.former();
    if (former != null) {
      former.force();
    }
  }

  /**
   * Opens another increment, for what is done after a snapshot.
   *
   * @param named whether the manifest names it at once; else only with the first base
   */
  Increment openNext(boolean named) throws IOException {
    disk.makeFolder(files.folder());
    Part increment = files.increment(manifest.lastIncrement() + 1);
    LogFile former = present;
    // What a former attempt has left there was done before this one's instant.
    Path path = named ? files.path(increment) : files.unfinishedIncrement();
    disk.delete(path);
    LogFile file = LogFile.open(path, disk, forceTimes);
    if (named) {
      try {
        Manifest longer = manifest.plus(increment);
        longer.write(files.manifest(), disk);
        manifest = longer;
      } catch (IOException refused) {
        file.close();
        throw refused;
      }
      long before = finishedBytes;
      finishedBytes = before + (former == null ? 0 : former.size());
    }
    present = file;
    return new Increment(increment, file, named, former);
  }

  /** Deletes an increment that no base will be there for, unless a manifest names it. */
  void abandon(@Nullable Increment increment) throws IOException {
    if (increment != null && !increment.named()) {
      disk.delete(increment.file().path());
    }
  }

  /**
   * Puts a base in the place of the former one, and of what was done before it was written.
   *
   * @param increment what was done since; null if nothing is written
   */
  void install(Path temporary, @Nullable Increment increment) throws IOException {
    Part base = files.base(manifest.lastBase() + 1, LogLoader.isSnapshot(temporary));
    disk.replace(temporary, files.path(base));
    if (increment == null) {
      manifest = manifest.rebased(base, files.increment(Long.MAX_VALUE));
    } else {
      Part part = increment.part();
      Manifest with = manifest;
      if (!with.increments().contains(part)) {
        disk.replace(increment.file().path(), files.path(part));
        with = with.plus(part);
      }
      manifest = with.rebased(base, part);
    }
    manifest.write(files.manifest(), disk);
    deleteHistory();
    finishedBytes = Files.size(files.path(base));
    baseSize = finishedBytes + (increment == null ? 0 : increment.file().size());
    log.info("The append-only file has a new base of {} bytes", finishedBytes);
  }

  /** Deletes the files that are no longer needed, then forgets them. */
  private void deleteHistory() throws IOException {
    if (manifest.history().isEmpty()) {
      return;
    }
    for (Part old : manifest.history()) {
      disk.delete(files.path(old));
    }
    manifest = manifest.withoutHistory();
    manifest.write(files.manifest(), disk);
  }

  /** Says that nothing is written any more. */
  void close() {
    present = null;
  }

  /** Bytes of all files; any thread may ask. */
  long size() {
    LogFile file = present;
    return finishedBytes + (file == null ? 0 : file.size());
  }

  /** Bytes of all files after the last rewrite, or at the start; any thread may ask. */
  long baseSize() {
    return baseSize;
  }
}
