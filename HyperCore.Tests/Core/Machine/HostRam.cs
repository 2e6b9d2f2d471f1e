using System;
using System.Runtime.InteropServices;
using System.Threading;
using HyperCore.Core.Memory;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

/// <summary>
/// Memory at low addresses of the test process, where host-physical and host-virtual addresses are the same, as in HyperCore. A range can be
/// much larger than the memory behind it: the same 2 MiB then appear again and again.
/// </summary>
internal sealed unsafe class HostRam : IDisposable
{
    private const ulong FirstAddress = 0x10_0000_0000;
    private const ulong Spacing = 0x2_0000_0000;
    private const int ReadWrite = 3;
    private const int Shared = 1;
    private const int PrivateAnonymous = 0x22;
    private const int FixedNoReplace = 0x10_0000;
    private const int NoReserve = 0x4000;

    private static int s_instances;

    private readonly ulong _length;
    private readonly void* _bitmap;

    public HostRam(ulong length, bool repeats = false)
    {
        Assert.InRange(length, 1ul, Spacing);
        _length = length;
        Start = FirstAddress + ((ulong)(Interlocked.Increment(ref s_instances) % 32) * Spacing);
        if (repeats)
        {
            MapAgainAndAgain();
        }
        else
        {
            MapAt(Start, length, PrivateAnonymous | NoReserve, -1);
        }

        ulong top = Start + length;
        nuint bitmapBytes = (nuint)FrameAllocator.BitmapBytes(top);
        _bitmap = NativeMemory.AllocZeroed(bitmapBytes);
        Pool = new FrameAllocator((ulong*)_bitmap, top);
    }

    public ulong Start { get; }

    public FrameAllocator Pool { get; }

    public void Dispose()
    {
        _ = Unmap((void*)Start, (nint)_length);
        NativeMemory.Free(_bitmap);
    }

    private void MapAgainAndAgain()
    {
        int file = MemoryFile("guest", 0);
        Assert.True(file >= 0);
        Assert.Equal(0, Truncate(file, (nint)FrameAllocator.BlockSize));
        for (ulong offset = 0; offset < _length; offset += FrameAllocator.BlockSize)
        {
            MapAt(Start + offset, FrameAllocator.BlockSize, Shared, file);
        }

        _ = Close(file);
    }

    private static void MapAt(ulong address, ulong length, int flags, int file)
    {
        void* mapped = Map((nint)address, (nint)length, ReadWrite, flags | FixedNoReplace, file, 0);
        Assert.Equal(address, (ulong)mapped);
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static extern void* Map(nint address, nint length, int protection, int flags, int descriptor, nint offset);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(void* address, nint length);

    [DllImport("libc", EntryPoint = "memfd_create", CharSet = CharSet.Ansi)]
    private static extern int MemoryFile([MarshalAs(UnmanagedType.LPStr)] string name, uint flags);

    [DllImport("libc", EntryPoint = "ftruncate")]
    private static extern int Truncate(int file, nint length);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
