package io.keyward.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long rows of bytes, which may have arrays in common. */
class PiecesTest {
  /** Arrays that are dirty when they are taken, and given back once at most. */
  private static final class DirtyArrays implements PieceArrays {
    final Set<byte[]> lent = Collections.newSetFromMap(new IdentityHashMap<>());

    @Override
    public byte[] take() {
      byte[] array = new byte[Pieces.SIZE];
      Arrays.fill(array, (byte) 77);
      lent.add(array);
      return array;
    }

    @Override
    public void giveBack(byte[] array) {
      assertThat(lent.remove(array)).as("lent and not given back").isTrue();
      Arrays.fill(array, (byte) 99);
    }
  }

  private final DirtyArrays arrays = new DirtyArrays();

  /** A row beside what it has to hold. */
  private static final class Both {
    final Pieces row;
    byte[] expected;

    Both(Pieces row, byte[] expected) {
      this.row = row;
      this.expected = expected;
    }

    void check() {
      row.validate();
      assertThat(row.length()).isEqualTo(expected.length);
      assertThat(Arrays.equals(row.toArray(), expected)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void rowsThatShareArraysDoNotSeeEachOthersChanges(long seed) {
    Random random = new Random(seed);
    List<Both> rows = new ArrayList<>();
    rows.add(new Both(new Pieces(arrays), new byte[0]));
    for (int step = 0; step < 120; step++) {
      Both both = rows.get(random.nextInt(rows.size()));
      int length = both.expected.length;
      switch (random.nextInt(7)) {
        case 0 -> rows.add(new Both(both.row.share(), both.expected));
        case 1 -> {
          byte[] more = new byte[size(random)];
          random.nextBytes(more);
          both.row.append(more, 0, more.length);
          both.expected = Arrays.copyOf(both.expected, length + more.length);
          System.arraycopy(more, 0, both.expected, length, more.length);
        }
        case 2 -> {
          int zeros = size(random);
          both.row.appendZeros(zeros);
          both.expected = Arrays.copyOf(both.expected, length + zeros);
        }
        case 3, 4 -> {
          int at = length == 0 ? 0 : random.nextInt(length);
          byte[] over = new byte[Math.min(length - at, size(random))];
          random.nextBytes(over);
          both.row.write(at, over, 0, over.length);
          both.expected = both.expected.clone();
          System.arraycopy(over, 0, both.expected, at, over.length);
        }
        case 5 -> {
          int left = random.nextInt(length + 1);
          both.row.truncate(left);
          both.expected = Arrays.copyOf(both.expected, left);
        }
        default -> {
          if (rows.size() > 1) {
            rows.remove(both);
            both.row.release();
            assertThat(both.row.memoryBytes()).isZero();
          }
        }
      }
      if (rows.size() > 6) {
        rows.removeFirst().row.release();
      }
      rows.forEach(Both::check);
    }
    rows.forEach(both -> both.row.release());
    assertThat(arrays.lent).isEmpty();
  }

  private static int size(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(10);
      case 1 -> Pieces.SIZE - 2 + random.nextInt(5);
      case 2 -> random.nextInt(3 * Pieces.SIZE);
      default -> random.nextInt(1000);
    };
  }

  @Test
  void aLastArrayIsNoLongerThanIsKnownToBeNeeded() {
    Pieces row = new Pieces(arrays);
    byte[] bytes = new byte[2 * Pieces.SIZE + 10];
    row.append(bytes, 0, bytes.length);
    assertThat(row.array(2)).hasSize(10);
    row.append(bytes, 0, 1);
    assertThat(row.array(2)).hasSize(Pieces.SIZE);
    row.release();
    assertThat(arrays.lent).isEmpty();
  }

  @Test
  void zerosTakeNoArraysUntilTheyAreWrittenTo() {
    Pieces row = new Pieces(arrays);
    row.appendZeros(1000 * Pieces.SIZE);
    assertThat(arrays.lent).isEmpty();
    row.write(500 * Pieces.SIZE + 3, new byte[] {1}, 0, 1);
    assertThat(arrays.lent).hasSize(1);
    assertThat(row.get(500 * Pieces.SIZE + 3)).isEqualTo((byte) 1);
    assertThat(row.get(501 * Pieces.SIZE + 3)).isZero();
    row.release();
    assertThat(arrays.lent).isEmpty();
  }

  @Test
  void zerosBehindALastArrayThatIsFullTakeNoneEither() {
    Pieces row = new Pieces(arrays);
    byte[] bytes = new byte[2 * Pieces.SIZE + 10];
    row.append(bytes, 0, bytes.length);
    row.appendZeros(1000 * Pieces.SIZE);
    assertThat(row.length()).isEqualTo(bytes.length + 1000 * Pieces.SIZE);
    assertThat(arrays.lent)
        .as("with the last one, and the beginning of another")
        .hasSizeLessThan(5);
    row.validate();
    row.release();
    assertThat(arrays.lent).isEmpty();
  }

  @Test
  void isReleasedInSteps() {
    Pieces row = new Pieces(arrays);
    byte[] bytes = new byte[10 * Pieces.SIZE];
    row.append(bytes, 0, bytes.length);
    Pieces other = row.share();
    assertThat(other.release(1)).as("what another row has, is not given back").isTrue();
    assertThat(arrays.lent).hasSize(10);
    assertThat(row.release(4)).isFalse();
    assertThat(row.count()).isEqualTo(6);
    row.validate();
    assertThat(arrays.lent).hasSize(6);
    assertThat(row.release(6)).isTrue();
    assertThat(arrays.lent).isEmpty();
  }
}
