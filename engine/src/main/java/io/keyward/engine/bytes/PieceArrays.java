package io.keyward.engine.bytes;

/** Where the arrays of {@link Pieces} come from and go back to; of one thread. */
public interface PieceArrays {
  /** Where nothing is kept: each array is new, and is left to the collector. */
  PieceArrays UNKEPT =
      new PieceArrays() {
        @Override
        public byte[] take() {
          return new byte[Pieces.SIZE];
        }

        @Override
        public void giveBack(byte[] array) {}
      };

  /** An array of {@link Pieces#SIZE} bytes, whose content is arbitrary. */
  byte[] take();

  /** Takes an array of that size back, which nobody uses any more. */
  void giveBack(byte[] array);
}
