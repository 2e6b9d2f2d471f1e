using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HyperCore.Tool.Firmware;

/// <summary>
/// The flag that keeps files of efivarfs from being deleted by mistake. Linux sets it on the variables that it does not know, which boot entries are not
/// among, and a user may set it on any. (Linux, Documentation/filesystems/efivarfs.rst.)
/// </summary>
internal static partial class ImmutableFlag
{
    // linux/fs.h: FS_IOC_GETFLAGS, FS_IOC_SETFLAGS and FS_IMMUTABLE_FL of a 64-bit kernel.
    private const nuint GetFlags = 0x8008_6601;
    private const nuint SetFlags = 0x4008_6602;
    private const long Immutable = 0x10;

    /// <summary>Takes the flag from a file that has it; one that cannot have it is left alone.</summary>
    /// <exception cref="IOException">It could not be taken.</exception>
    public static void Clear(string path)
    {
        if (!File.Exists(path) || !OperatingSystem.IsLinux())
        {
            return;
        }

        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        long flags = 0;
        if (Control(file, GetFlags, ref flags) != 0 || (flags & Immutable) == 0)
        {
            return;
        }

        flags &= ~Immutable;
        if (Control(file, SetFlags, ref flags) != 0)
        {
            throw new IOException($"{path} cannot be changed (errno {Marshal.GetLastPInvokeError()}); are you root?");
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref long argument);
}
