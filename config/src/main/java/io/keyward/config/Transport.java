package io.keyward.config;

/** What the event loops wait for the kernel with. */
public enum Transport {
  /** The best that works here: io_uring, else epoll, else NIO. */
  AUTO,
  /** Linux's io_uring. */
  IO_URING,
  /** Linux's epoll. */
  EPOLL,
  /** The JDK's selectors. */
  NIO
}
