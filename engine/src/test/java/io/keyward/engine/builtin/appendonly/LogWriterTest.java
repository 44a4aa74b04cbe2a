package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.builtin.propagation.Buffers;
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
    public void recovered(boolean forcing) {}
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
