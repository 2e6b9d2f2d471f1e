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
    private const int Fixed = 0x10;
    private const int FixedNoReplace = 0x10_0000;
    private const int Places = 32;
    private const int NoReserve = 0x4000;

    private static int s_instances;

    private readonly ulong _length;
    private readonly void* _bitmap;

    public HostRam(ulong length, bool repeats = false)
    {
        Assert.InRange(length, 1ul, Spacing);
        _length = length;
        Start = Reserve(length);
        if (repeats)
        {
            MapAgainAndAgain();
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
            void* mapped = Map((nint)(Start + offset), (nint)FrameAllocator.BlockSize, ReadWrite, Shared | Fixed, file, 0);
            Assert.Equal(Start + offset, (ulong)mapped);
        }

        _ = Close(file);
    }

    // Tests run side by side: the first place that nobody has.
    private static ulong Reserve(ulong length)
    {
        for (int i = 0; i < Places; i++)
        {
            ulong address = FirstAddress + ((uint)Interlocked.Increment(ref s_instances) % Places * Spacing);
            if ((ulong)Map((nint)address, (nint)length, ReadWrite, PrivateAnonymous | NoReserve | FixedNoReplace, -1, 0) == address)
            {
                return address;
            }
        }

        throw new InvalidOperationException("There is no room at low addresses of the test process.");
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
