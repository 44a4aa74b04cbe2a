package io.keyward.engine.builtin.string;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares with what libxxhash 0.8.1 says, on both sides of every change of formula. */
class Xxh3Test {
  @ParameterizedTest
  @CsvSource({
    "0, 2d06800538d394c2",
    "1, 13e608bc156defed",
    "2, 1c9074b93943b86c",
    "3, a9088dda485b481c",
    "4, 6d9253b16c8b1ed3",
    "5, 998620e10e3a4b37",
    "8, 60539db630471163",
    "9, feff668361d723a8",
    "16, b8c859b0f030b585",
    "17, 714a04408e79b80f",
    "31, ed41ac283d0674b3",
    "32, 19ff4ee1d6ba1a55",
    "33, 3e44983ad21679c8",
    "64, 287eb1fa9e4be2c1",
    "65, 829218de4d798646",
    "96, f084e7cfbc624743",
    "97, 1daa83271a8e7b7c",
    "128, 67425a03650261bf",
    "129, c664bf3311c6abc4",
    "144, 606a17fa700bb932",
    "200, 746cd0025327bf5b",
    "240, 64556dc6b462a6cf",
    "241, 8beadd3a8874fe17",
    "255, b67b6637a76e6c39",
    "512, f58202b8d9019d1d",
    "1023, d26986a0b85dcc44",
    "1024, 9b81661c641c72b1",
    "1025, 806c2072ed713576",
    "1088, 2f8781e01841f0da",
    "2048, abe604813ba62ed1",
    "4096, d7428746842be37e",
    "100000, 0c056f6fcc340974"
  })
  void hashesAsTheReference(int length, String expected) {
    byte[] bytes = new byte[length + 5];
    for (int i = 0; i < length; i++) {
      bytes[i + 3] = (byte) (i * 7 + 3);
    }
    assertThat(Long.toHexString(Xxh3.hash(bytes, 3, length)))
        .isEqualTo(expected.replaceFirst("^0+", ""));
  }
}
