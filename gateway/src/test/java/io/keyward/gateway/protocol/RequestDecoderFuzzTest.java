package io.keyward.gateway.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any bytes mean the same whole and in pieces, and never more than a protocol error.
 *
 * <p>With JAZZER_FUZZ=1 in the environment it searches on; otherwise it runs the inputs that are
 * kept beside it.
 */
class RequestDecoderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void piecesMeanWhatTheWholeMeans(FuzzedDataProvider data) {
    int first = data.consumeInt(0, 4096);
    int second = data.consumeInt(0, 4096);
    byte[] stream = data.consumeRemainingAsBytes();
    int one = Math.min(Math.min(first, second), stream.length);
    int other = Math.min(Math.max(first, second), stream.length);
    Decoding.Result whole = Decoding.whole(stream);
    Decoding.Result pieces = Decoding.split(stream, one, other);
    assertThat(pieces.requests()).isEqualTo(whole.requests());
    assertThat(pieces.error()).isEqualTo(whole.error());
  }
}
