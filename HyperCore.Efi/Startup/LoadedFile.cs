using System;
using HyperCore.Core.Paging;

namespace HyperCore.Efi.Startup;

/// <summary>A file of the partition HyperCore was started from: its bytes, or why there are none.</summary>
public sealed unsafe class LoadedFile
{
    /// <summary>A file that was loaded.</summary>
    internal LoadedFile(string path, byte* address, ulong length)
    {
        Path = path;
        Address = address;
        Length = length;
    }

    /// <summary>A file that could not be loaded.</summary>
    internal LoadedFile(string path, string error, bool isMissing)
    {
        Path = path;
        Error = error;
        IsMissing = isMissing;
    }

    /// <summary>Its path on the partition, as it was asked for.</summary>
    public string Path { get; }

    /// <summary>Null when the file was loaded; else a sentence that begins with the path and says what is wrong.</summary>
    public string? Error { get; }

    /// <summary>There is no such file.</summary>
    public bool IsMissing { get; }

    /// <summary>There is a file, but it is not one that was signed.</summary>
    public bool IsRefused { get; internal init; }

    /// <summary>Address of the first byte, page-aligned, virtual and physical; null without a content.</summary>
    public byte* Address { get; }

    /// <summary>Bytes of the file, less than 2 GiB.</summary>
    public ulong Length { get; }

    /// <summary>Bytes of memory it takes.</summary>
    public ulong AllocatedBytes => HostAddressSpace.RoundUp(Length);

    /// <summary>The content.</summary>
    public ReadOnlySpan<byte> Bytes => new(Address, (int)Length);
}
