package io.keyward.config.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file cannot be used, in words also where the exception names the file alone. */
public final class FileFailure {
  private FileFailure() {}

  /** The message of an exception, with its reason. */
  public static String text(IOException failed) {
    String message = failed.getMessage();
    if (message == null) {
      return failed.toString();
    }
    return failed instanceof FileSystemException ofFile && ofFile.getReason() == null
        ? message + ": " + kind(ofFile)
        : message;
  }

  private static String kind(FileSystemException failed) {
    return switch (failed) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "there is no such file or folder";
      case NotDirectoryException _ -> "it is no folder";
      case DirectoryNotEmptyException _ -> "the folder is not empty";
      case FileAlreadyExistsException _ -> "it is there already";
      default -> failed.getClass().getSimpleName();
    };
  }
}
