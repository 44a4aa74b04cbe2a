package io.keyward.engine.builtin.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.file.OwnFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of data files belongs to one gateway at a time, and its lock says so. */
class DataDirectoryTest {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @TempDir Path temporary;
  private Path folder;
  private Path lock;

  @BeforeEach
  void resolve() throws IOException {
    folder = temporary.toRealPath().resolve("data");
    lock = folder.resolve(OwnFile.LOCK.fileName());
  }

  private void isRefused() {
    assertThatThrownBy(() -> DataDirectory.take(folder).close())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("another gateway has the folder " + folder);
  }

  private long openLocks() throws IOException {
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return open.filter(this::isLock).count();
    }
  }

  private boolean isLock(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(lock);
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void oneHasItUntilItGivesItBack() throws Exception {
    DataDirectory first = DataDirectory.take(folder);
    isRefused();
    first.close();
    DataDirectory second = DataDirectory.take(folder);
    isRefused();
    second.close();
  }

  @Test
  void whoIsRefusedKeepsNoFileOpen() throws Exception {
    assumeTrue(Files.isDirectory(DESCRIPTORS));
    DataDirectory owner = DataDirectory.take(folder);
    isRefused();
    isRefused();
    assertThat(openLocks()).isOne();
    owner.close();
    assertThat(openLocks()).isZero();
  }

  @Test
  void aLockWhoseFileIsGoneOrAnotherHoldsNoMore() throws Exception {
    try (DataDirectory former = DataDirectory.take(folder)) {
      assertThat(former.isThere()).isTrue();
      Files.delete(lock);
      assertThat(former.isThere()).isFalse();
      try (DataDirectory other = DataDirectory.take(folder)) {
        assertThat(former.isThere()).isFalse();
        assertThat(other.isThere()).isTrue();
      }
    }
  }

  @Test
  void whoseLockIsGoneTakesItAnewAndSaysSo() throws Exception {
    LiveSettings settings = LiveSettings.defaults();
    settings.set(Directive.DIR, folder.toString());
    DataPlace place = new DataPlace(settings);
    CountDownLatch told = new CountDownLatch(1);
    place.whenTakenAnew(told::countDown);
    DataDirectory former = place.directory();
    assertThat(place.directory()).isSameAs(former);
    Files.delete(lock);
    DataDirectory present = place.directory();
    assertThat(present.isThere()).isTrue();
    told.await();
    isRefused();
    place.close();
    DataDirectory.take(folder).close();
  }

  @Test
  void whoseLockAnotherHasTakenMeanwhileLeavesTheFolderToIt() throws Exception {
    LiveSettings settings = LiveSettings.defaults();
    settings.set(Directive.DIR, folder.toString());
    DataPlace place = new DataPlace(settings);
    DataDirectory former = place.directory();
    Files.delete(lock);
    try (DataDirectory other = DataDirectory.take(folder)) {
      assertThatThrownBy(place::directory).hasMessageStartingWith("another gateway has the folder");
      assertThat(other.isThere()).isTrue();
    }
    assertThat(place.directory()).isNotSameAs(former);
    place.close();
  }
}
