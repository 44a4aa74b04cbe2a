package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies are counted wherever the stream is cut. */
class ReplyScannerTest {
  private static final String SIX_REPLIES =
      """
      +OK
      :-42
      $11
      hello
      -ERR
      *3
      $1
      a
      :1
      *2
      +x
      $0

      *0
      $-1
      """
          .replace("\n", "\r\n");

  @Test
  void countsRepliesOfEveryType() {
    ReplyScanner scanner = new ReplyScanner();

    assertThat(scanner.scan(bytes(SIX_REPLIES + SIX_REPLIES))).isEqualTo(12);
    assertThat(scanner.nulls()).isEqualTo(2);
  }

  @Test
  void keepsItsPlaceWhereverTheStreamIsCut() {
    for (int first = 0; first <= SIX_REPLIES.length(); first++) {
      for (int second = first; second <= SIX_REPLIES.length(); second++) {
        ReplyScanner scanner = new ReplyScanner();
        int replies =
            scanner.scan(bytes(SIX_REPLIES.substring(0, first)))
                + scanner.scan(bytes(SIX_REPLIES.substring(first, second)))
                + scanner.scan(bytes(SIX_REPLIES.substring(second)));
        assertThat(replies).as("cut at %d and %d", first, second).isEqualTo(6);
      }
    }
  }

  @Test
  void doesNotCountAReplyBeforeItsLastByte() {
    ReplyScanner scanner = new ReplyScanner();

    assertThat(scanner.scan(bytes("*2\r\n$3\r\nabc\r\n$3\r\nabc\r"))).isZero();
    assertThat(scanner.scan(bytes("\n"))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-ERR no such thing\r\n", "*2\r\n:1\r\n-ERR no such thing\r\n"})
  void throwsTheTextOfAnError(String stream) {
    ReplyScanner scanner = new ReplyScanner();
    scanner.scan(bytes(stream.substring(0, stream.length() - 5)));

    assertThatThrownBy(() -> scanner.scan(bytes(stream.substring(stream.length() - 5))))
        .isInstanceOf(ErrorReplyException.class)
        .hasMessage("ERR no such thing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"OK\r\n", "$1x\r\n"})
  void refusesWhatIsNotResp(String stream) {
    assertThatThrownBy(() -> new ReplyScanner().scan(bytes(stream)))
        .isInstanceOf(MalformedReplyException.class);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }
}
