package io.keyward.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.engine.bytes.PieceArrays;
import io.keyward.engine.bytes.Pieces;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The arguments of a request, in its buffer and in rows of their own. */
class RequestTest {
  private final Request request = new Request();

  private void begin(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    request.begin(bytes);
    request.add(0, bytes.length);
  }

  /** So many zeros, which take no memory. */
  private static Pieces zeros(int length) {
    Pieces row = new Pieces(PieceArrays.UNKEPT);
    row.appendZeros(length);
    return row;
  }

  @Test
  void rowsAreJoinedInTheirPlaces() {
    begin("SET");
    request.add(zeros(2 * Pieces.SIZE));
    request.add(0, 1);
    request.join();
    assertThat(request.hasPieces()).isFalse();
    assertThat(request.is(0, "SET")).isTrue();
    assertThat(request.length(1)).isEqualTo(2 * Pieces.SIZE);
    assertThat(request.bytes()[request.offset(1)]).isZero();
    assertThat(request.is(2, "S")).isTrue();
  }

  @Test
  void moreThanAnArrayHoldsIsRefusedAsMemoryThatLacks() {
    for (int rows = 2; rows <= 4; rows++) {
      begin("MSET");
      for (int row = 0; row < rows; row++) {
        request.add(zeros(1 << 30));
      }
      assertThatThrownBy(request::join).isInstanceOf(OutOfMemoryError.class);
      assertThat(request.count()).isEqualTo(1 + rows);
      assertThat(request.hasPieces()).isTrue();
    }
  }
}
