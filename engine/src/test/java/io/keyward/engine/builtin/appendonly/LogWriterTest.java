package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.disk.DiskFile;
import io.keyward.engine.builtin.propagation.Buffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the thread that writes the log owes the loops that hand over to it. */
class LogWriterTest {
  private static final long PATIENCE_SECONDS = 60;
  private static final byte[] PIECE = new byte[2 * 1024 * 1024];

  @TempDir private Path folder;
  private final CountDownLatch mayWrite = new CountDownLatch(1);
  private final CountDownLatch told = new CountDownLatch(1);

  /** Hears of room when memory has run out once on the way, and keeps the disk waiting. */
  private final class Hearer implements LogWriter.Observer {
    private boolean found;
    private volatile long lost;

    @Override
    public void roomAgain() {
      if (!found) {
        found = true;
        throw new OutOfMemoryError("as if");
      }
      told.countDown();
    }

    @Override
    public void settled() {
      try {
        assertThat(mayWrite.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean always() {
      return false;
    }

    @Override
    public boolean everySecond() {
      return false;
    }

    @Override
    public void safe(int home, long position) {}

    @Override
    public void forced(long[] positions) {}

    @Override
    public void failed(boolean forcing, String reason) {}

    @Override
    public void lost(long bytes) {
      lost = bytes;
    }

    @Override
    public void recovered(boolean forcing) {}
  }

  /** A disk that takes nothing. */
  private static final class FullDisk implements Disk {
    @Override
    public DiskFile open(Path file) throws IOException {
      DiskFile real = Disk.REAL.open(file);
      return new DiskFile() {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
          throw new IOException("as if");
        }

        @Override
        public void force() throws IOException {
          real.force();
        }

        @Override
        public long size() throws IOException {
          return real.size();
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
      Disk.REAL.replace(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      Disk.REAL.delete(file);
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
      Disk.REAL.makeFolder(folder);
    }
  }

  @Test
  void anEndTellsWhatTheDiskHasNotTaken() throws Exception {
    LogFile file = LogFile.open(folder.resolve("log"), new FullDisk(), new ForceTimes());
    Hearer hearer = new Hearer();
    LogWriter writer = new LogWriter(1, file, hearer);
    mayWrite.countDown();
    assertThat(writer.put(0, new byte[100], 100, 100, new Buffers())).isTrue();
    writer.close();
    assertThat(hearer.lost).isEqualTo(100);
  }

  /** They would pause for good, since nobody but them brings it anything to do. */
  @Test
  void loopsThatPauseAreToldOfRoomThoughMemoryRunsOutOnTheWay() throws Exception {
    LogFile file = LogFile.open(folder.resolve("log"), Disk.REAL, new ForceTimes());
    LogWriter writer = new LogWriter(1, file, new Hearer());
    Buffers buffers = new Buffers();
    long position = PIECE.length;
    while (writer.put(0, PIECE, PIECE.length, position, buffers)) {
      position += PIECE.length;
    }
    mayWrite.countDown();
    assertThat(told.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    writer.close();
  }
}
