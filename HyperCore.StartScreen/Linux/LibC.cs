using System.Runtime.InteropServices;

namespace HyperCore.StartScreen.Linux;

/// <summary>What is used of the C library.</summary>
internal static unsafe partial class LibC
{
    /// <summary>open(2): for reading only.</summary>
    public const int ReadOnly = 0;

    /// <summary>open(2): for reading and writing.</summary>
    public const int ReadWrite = 2;

    /// <summary>open(2): a terminal does not become the process's own.</summary>
    public const int NoControllingTerminal = 0x100;

    /// <summary>open(2): reads do not wait.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>open(2): programs that are started do not get it.</summary>
    public const int CloseOnExec = 0x8_0000;

    /// <summary>poll(2): there is something to read.</summary>
    public const short PollIn = 1;

    private const string Library = "libc";

    /// <summary>open(2).</summary>
    [LibraryImport(Library, EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode = 0);

    /// <summary>close(2).</summary>
    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int file);

    /// <summary>read(2).</summary>
    [LibraryImport(Library, EntryPoint = "read")]
    public static partial nint Read(int file, byte* buffer, nint length);

    /// <summary>write(2).</summary>
    [LibraryImport(Library, EntryPoint = "write")]
    public static partial nint Write(int file, byte* buffer, nint length);

    /// <summary>lseek(2) from the start.</summary>
    [LibraryImport(Library, EntryPoint = "lseek")]
    public static partial long Seek(int file, long offset, int from = 0);

    /// <summary>ioctl(2).</summary>
    [LibraryImport(Library, EntryPoint = "ioctl")]
    public static partial int Control(int file, nuint request, nuint argument);

    /// <summary>mmap(2).</summary>
    [LibraryImport(Library, EntryPoint = "mmap")]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    /// <summary>poll(2).</summary>
    [LibraryImport(Library, EntryPoint = "poll")]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>tcgetattr(3).</summary>
    [LibraryImport(Library, EntryPoint = "tcgetattr")]
    public static partial int GetTerminal(int file, byte* settings);

    /// <summary>tcsetattr(3).</summary>
    [LibraryImport(Library, EntryPoint = "tcsetattr")]
    public static partial int SetTerminal(int file, int when, byte* settings);

    /// <summary>cfmakeraw(3).</summary>
    [LibraryImport(Library, EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(byte* settings);

    /// <summary>system(3).</summary>
    [LibraryImport(Library, EntryPoint = "system", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int System(string command);

    /// <summary>An entry of poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        /// <summary>The file; negative: none.</summary>
        public int File;

        /// <summary>What is waited for.</summary>
        public short Events;

        /// <summary>What has come.</summary>
        public short Happened;
    }
}
