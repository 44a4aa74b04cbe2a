package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The cursor and the options that the commands of the SCAN family take. */
class ScanOptionsTest {
  private static Request request(String... words) {
    byte[] bytes = String.join("", words).getBytes(StandardCharsets.ISO_8859_1);
    Request request = new Request();
    request.begin(bytes);
    int at = 0;
    for (String word : words) {
      request.add(at, word.length());
      at += word.length();
    }
    return request;
  }

  private static boolean matches(ScanOptions options, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return options.matches(bytes, 0, bytes.length);
  }

  @Test
  void cursorsAreUnsigned64BitNumbers() {
    assertThat(ScanOptions.cursor(request("0"), 0)).isZero();
    assertThat(ScanOptions.cursor(request("0012"), 0)).isEqualTo(12);
    assertThat(ScanOptions.cursor(request("+7"), 0)).isEqualTo(7);
    assertThat(ScanOptions.cursor(request(""), 0)).isZero();
    assertThat(ScanOptions.cursor(request("18446744073709551615"), 0)).isEqualTo(-1);
    assertThat(ScanOptions.cursor(request("-1"), 0)).isEqualTo(-1);
  }

  @Test
  void whatIsNoCursorIsRefused() {
    for (String bad :
        new String[] {"x", "1x", " 1", "-", "18446744073709551616", "99999999999999999999999"}) {
      assertThatThrownBy(() -> ScanOptions.cursor(request(bad), 0)).isSameAs(Errors.INVALID_CURSOR);
    }
  }

  @Test
  void optionsComeInAnyOrderAndCase() {
    ScanOptions options =
        ScanOptions.of(request("scan", "0", "type", "HASH", "Count", "3", "MATCH", "a*"), 2, true);
    assertThat(options.count()).isEqualTo(3);
    assertThat(matches(options, "abc")).isTrue();
    assertThat(matches(options, "bc")).isFalse();
    assertThat(options.matches(Type.HASH)).isTrue();
    assertThat(options.matches(Type.SET)).isFalse();
    ScanOptions usual = ScanOptions.of(request("scan", "0"), 2, true);
    assertThat(usual.count()).isEqualTo(10);
    assertThat(matches(usual, "")).isTrue();
    assertThat(usual.matches(Type.STREAM)).isTrue();
  }

  @Test
  void wrongOptionsAreRefused() {
    assertThatThrownBy(() -> ScanOptions.of(request("0", "count", "x"), 1, true))
        .isSameAs(Errors.NOT_AN_INTEGER);
    assertThatThrownBy(() -> ScanOptions.of(request("0", "count", "0"), 1, true))
        .isSameAs(Errors.SYNTAX);
    assertThatThrownBy(() -> ScanOptions.of(request("0", "count"), 1, true))
        .isSameAs(Errors.SYNTAX);
    assertThatThrownBy(() -> ScanOptions.of(request("0", "type", "set"), 1, false))
        .isSameAs(Errors.SYNTAX);
  }
}
