package io.keyward.gateway.tls;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An element of DER, the encoding of keys: a tag, a length, and as many bytes.
 *
 * @param tag what it is
 * @param content the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // read once, compared by nobody
record DerElement(int tag, byte[] content) {
  static final int INTEGER = 0x02;
  static final int OCTETS = 0x04;
  static final int SEQUENCE = 0x30;

  /** The element whose content is these one after another. */
  static DerElement of(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    return new DerElement(tag, content.toByteArray());
  }

  /**
   * The elements that these bytes are.
   *
   * @throws IllegalArgumentException if they are something else
   */
  static List<DerElement> in(byte[] bytes) {
    List<DerElement> elements = new ArrayList<>();
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    try {
      while (rest.hasRemaining()) {
        int tag = rest.get() & 0xFF;
        int length = rest.get() & 0xFF;
        if (length >= 0x80) {
          int size = length - 0x80;
          length = 0;
          for (int i = 0; i < Math.min(size, Integer.BYTES); i++) {
            length = (length << 8) | (rest.get() & 0xFF);
          }
        }
        if (length < 0 || length > rest.remaining()) {
          throw new IllegalArgumentException("it ends too soon");
        }
        byte[] content = new byte[length];
        rest.get(content);
        elements.add(new DerElement(tag, content));
      }
    } catch (BufferUnderflowException cut) {
      throw new IllegalArgumentException("it ends too soon", cut);
    }
    return elements;
  }

  byte[] encoded() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      int bits = Integer.SIZE - Integer.numberOfLeadingZeros(content.length);
      int size = (bits + Byte.SIZE - 1) / Byte.SIZE;
      out.write(0x80 + size);
      for (int shift = Byte.SIZE * (size - 1); shift >= 0; shift -= Byte.SIZE) {
        out.write(content.length >> shift);
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
