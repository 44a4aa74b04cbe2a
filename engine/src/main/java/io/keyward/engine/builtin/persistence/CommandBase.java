package io.keyward.engine.builtin.persistence;

import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.disk.DiskFile;
import io.keyward.engine.builtin.propagation.WholeKeyspace;
import io.keyward.engine.builtin.rdb.Crc64;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.rdb.Skipping;
import io.keyward.engine.builtin.snapshot.SnapshotHeader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;

/**
 * Writes a snapshot as commands, for {@code aof-use-rdb-preamble no}: a RESTORE for each key and a
 * FUNCTION LOAD for each library.
 *
 * <p>A value's bytes stand in a snapshot as in a payload of RESTORE, so they are copied from one
 * file to the other; a value of any size takes no memory.
 */
final class CommandBase {
  private static final int FOOTER = 10;
  private static final int MAGIC = 9;
  private static final int VERSION_AT = 5;
  private static final int COPY_BYTES = 64 * 1024;

  private final FileChannel source;
  private final DiskFile target;
  private final OutputStream out;
  private final RdbInput in;
  private int version;
  private String functionsOf = "";
  private boolean nextEverywhere;
  private long database;
  private long selected = -1;
  private long expiry;
  private long idleSeconds = -1;
  private int frequency = -1;

  private CommandBase(FileChannel source, DiskFile target) throws IOException {
    this.source = source;
    this.target = target;
    out = new BufferedOutputStream(new ToDisk(target), COPY_BYTES);
    in = RdbInput.of(new FromHere(source), source.size());
  }

  /** Reads on behind its own place, whatever else is read of the channel. */
  private static final class FromHere implements RdbInput.Source {
    private final FileChannel channel;
    private long place;

    FromHere(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      int read = channel.read(ByteBuffer.wrap(bytes, offset, count), place);
      place += Math.max(0, read);
      return read;
    }
  }

  /** What is written goes to a file. */
  private static final class ToDisk extends OutputStream {
    private final DiskFile file;

    ToDisk(DiskFile file) {
      this.file = file;
    }

    @Override
    public void write(int single) throws IOException {
      write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      file.writeAll(ByteBuffer.wrap(bytes, offset, count));
    }
  }

  /**
   * Writes the commands to a file and forces it to the disk.
   *
   * @param wanted asked now and then whether it still is
   * @throws IOException if it cannot be written, or is no longer wanted
   */
  static void write(Path snapshot, Path commands, Disk disk, BooleanSupplier wanted)
      throws IOException {
    disk.delete(commands);
    try (FileChannel source = FileChannel.open(snapshot, StandardOpenOption.READ);
        DiskFile target = disk.open(commands)) {
      new CommandBase(source, target).write(wanted);
    }
  }

  private void write(BooleanSupplier wanted) throws IOException {
    byte[] magic = in.readBytes(MAGIC);
    version =
        Integer.parseInt(
            new String(magic, VERSION_AT, MAGIC - VERSION_AT, StandardCharsets.US_ASCII));
    boolean more = true;
    while (more) {
      if (!wanted.getAsBoolean()) {
        throw new IOException("it is no longer wanted");
      }
      more = record();
    }
    out.flush();
    target.force();
  }

  private boolean record() throws IOException {
    int type = in.readByte();
    switch (type) {
      case RdbType.END -> {
        return false;
      }
      case RdbType.SELECT -> database = in.readLength();
      case RdbType.RESIZE -> {
        long _ = in.readLength();
        long _ = in.readLength();
      }
      case RdbType.EXPIRY_MILLISECONDS -> expiry = in.readLong();
      case RdbType.IDLE -> idleSeconds = in.readLength();
      case RdbType.FREQUENCY -> frequency = in.readByte();
      case RdbType.AUXILIARY -> fact(in.readText(), in.readText());
      case RdbType.FUNCTION -> function(in.readString(), true);
      default -> key(type);
    }
    return true;
  }

  private void fact(String name, String value) throws IOException {
    if (name.equals(SnapshotHeader.FUNCTIONS)) {
      functionsOf = new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    } else if (name.equals(SnapshotHeader.LIBRARY)) {
      function(value.getBytes(StandardCharsets.ISO_8859_1), false);
    } else if (name.equals(SnapshotHeader.EVERYWHERE)) {
      nextEverywhere = true;
    }
  }

  /** Writes a library; one that is not everywhere, a Redis that reads the file does not have. */
  private void function(byte[] text, boolean everywhere) throws IOException {
    boolean nobodys = everywhere && nextEverywhere;
    byte[] note = nobodys ? WholeKeyspace.everywhere() : WholeKeyspace.note(functionsOf);
    nextEverywhere &= !nobodys;
    if (note.length > 0) {
      out.write('#');
      out.write(note);
      line("");
    }
    line(everywhere ? "*3" : "*4");
    argument(everywhere ? "FUNCTION" : "EVAL");
    argument(everywhere ? "LOAD" : WholeKeyspace.LOAD_LIBRARY);
    if (!everywhere) {
      argument("0");
    }
    argument(text);
  }

  private void key(int type) throws IOException {
    byte[] name = in.readString();
    long from = in.position();
    Skipping.value(type, in);
    long length = in.position() - from;
    if (selected != database) {
      selected = database;
      line("*2");
      argument("SELECT");
      argument(Long.toString(database));
    }
    boolean idle = idleSeconds >= 0;
    boolean used = frequency >= 0;
    line(idle || used ? "*7" : "*5");
    argument("RESTORE");
    argument(name);
    argument(Long.toString(Math.max(0, expiry)));
    payload(type, from, length);
    argument("ABSTTL");
    if (idle) {
      argument("IDLETIME");
      argument(Long.toString(idleSeconds));
    } else if (used) {
      argument("FREQ");
      argument(Integer.toString(frequency));
    }
    expiry = 0;
    idleSeconds = -1;
    frequency = -1;
  }

  private void payload(int type, long from, long length) throws IOException {
    line("$" + (1 + length + FOOTER));
    byte[] piece = {(byte) type};
    out.write(piece);
    long sum = Crc64.update(0, piece, 0, 1);
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(COPY_BYTES, Math.max(1, length)));
    long end = from + length;
    for (long at = from; at < end; at += buffer.position()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      if (source.read(buffer, at) < 0) {
        throw in.malformed("it ends in the middle of a value");
      }
      sum = Crc64.update(sum, buffer.array(), 0, buffer.position());
      out.write(buffer.array(), 0, buffer.position());
    }
    RdbOutput footer = new RdbOutput(FOOTER, version, false);
    footer.writeShort(version);
    sum = Crc64.update(sum, footer.bytes(), 0, footer.length());
    footer.writeLong(sum);
    out.write(footer.bytes(), 0, footer.length());
    line("");
  }

  private void argument(String text) throws IOException {
    argument(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void argument(byte[] bytes) throws IOException {
    line("$" + bytes.length);
    out.write(bytes);
    line("");
  }

  private void line(String text) throws IOException {
    out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }
}
