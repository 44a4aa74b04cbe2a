package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.disk.Disk;
import io.keyward.engine.command.CommandTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that is switched on while the process lacks something. */
class AppendOnlyLogTest {
  @TempDir private Path data;

  /** There is no memory to begin any. */
  private static final class NoSnapshots implements BaseSnapshots {
    int asked;

    @Override
    public boolean begin() {
      asked++;
      throw new OutOfMemoryError("as if");
    }

    @Override
    public boolean awaitTurn(BooleanSupplier wanted) {
      throw new AssertionError();
    }

    @Override
    public void end() {
      throw new AssertionError();
    }

    @Override
    public void takeFolder() {
      throw new AssertionError();
    }

    @Override
    public void write(Path file, Consumer<Home> instant, BooleanSupplier wanted) {
      throw new AssertionError();
    }

    @Override
    public long read(Path file, Residents residents, LoadProgress progress) {
      throw new AssertionError();
    }
  }

  @Test
  void aLogThatCannotBeginItsFirstBaseStaysOff() throws Exception {
    LiveSettings settings = new LiveSettings(Map.of(Directive.DIR, data.toString()));
    NoSnapshots snapshots = new NoSnapshots();
    List<Home> homes = List.of(new Bench(settings).keyspace().home());
    AppendOnlyLog log =
        new AppendOnlyLog(settings, homes, new CommandTable(), snapshots, Disk.REAL);
    for (int attempt = 1; attempt <= 2; attempt++) {
      assertThatThrownBy(log::turnOn).isInstanceOf(IOException.class).hasMessageContaining("as if");
      assertThat(snapshots.asked).isEqualTo(attempt);
      assertThat(log.status().enabled()).isFalse();
      assertThat(log.forced().on()).isFalse();
    }
  }
}
