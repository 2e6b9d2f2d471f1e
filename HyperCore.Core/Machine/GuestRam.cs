using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Machine;

/// <summary>The host memory behind one VM: its RAM in as few pieces as the machine has, and the shadow of its screen.</summary>
public sealed unsafe class GuestRam
{
    // One slot is kept for the piece that the hole below 4 GiB cuts in two.
    private const int MaxPieces = GuestMemory.MaxSlots - 1;

    private readonly FrameAllocator _pool;
    private readonly GuestMemory _memory;
    private readonly FrameExtent[] _pieces = new FrameExtent[MaxPieces];
    private int _count;
    private FrameExtent _shadow;

    /// <summary>Creates an object that holds no memory.</summary>
    /// <param name="pool">Where it comes from.</param>
    /// <param name="memory">Gets the slots, and zeroes them when they are wanted.</param>
    public GuestRam(FrameAllocator pool, GuestMemory memory)
    {
        _pool = pool;
        _memory = memory;
    }

    /// <summary>What is done each time a part of much memory has been zeroed; null when there is nothing.</summary>
    public Action? Breather { get; set; }

    /// <summary>RAM below 4 GiB.</summary>
    public ulong LowBytes { get; private set; }

    /// <summary>RAM above 4 GiB.</summary>
    public ulong HighBytes { get; private set; }

    /// <summary>Where the host reaches the shadow of the screen.</summary>
    public byte* Shadow => (byte*)_shadow.Start;

    /// <summary>Host-physical address of the shadow of the screen.</summary>
    public ulong ShadowPhysical => _shadow.Start;

    /// <summary>Takes memory and lays it out as the guest sees it. All of it is zero for whoever looks.</summary>
    /// <param name="bytes">RAM, a multiple of 4 KiB.</param>
    /// <param name="shadowBytes">Bytes for the shadow of the screen.</param>
    /// <param name="error">Why it was not possible.</param>
    public bool TryAllocate(ulong bytes, ulong shadowBytes, ref TextBuilder error)
    {
        ulong free = _pool.FreeBytes;
        _memory.Clear();
        if (bytes > free || !_pool.TryAllocateGuestMemory(bytes, _pieces, out _count))
        {
            _count = 0;
            Refuse(bytes, free, ref error);
            return false;
        }

        if (shadowBytes > 0)
        {
            if (!_pool.TryAllocateContiguous(shadowBytes, FrameAllocator.BlockSize, ulong.MaxValue, FrameOwner.Framebuffers, out ulong shadow))
            {
                Free();
                Refuse(bytes, free, ref error);
                return false;
            }

            _shadow = new FrameExtent(shadow, shadowBytes);
        }

        LowBytes = Math.Min(bytes, PlatformLayout.LowMemoryLimit);
        HighBytes = bytes - LowBytes;
        AddSlots();
        Renew();
        return true;
    }

    /// <summary>Everything is zero again.</summary>
    public void Renew()
    {
        _memory.Renew(Breather);
        ZeroShadow();
    }

    /// <summary>Zeroes what the guest may have written, and gives everything back.</summary>
    public void Free()
    {
        _memory.Preparation!.Erase(_memory, Breather);
        _memory.Clear();
        ZeroShadow();
        for (int i = 0; i < _count; i++)
        {
            _pool.Free(_pieces[i].Start, _pieces[i].Length, FrameOwner.GuestMemory);
        }

        _count = 0;
        if (_shadow.Length > 0)
        {
            _pool.Free(_shadow.Start, _shadow.Length, FrameOwner.Framebuffers);
            _shadow = default;
        }
    }

    private void ZeroShadow()
    {
        var eraser = new MemoryEraser(Breather);
        eraser.Zero(Shadow, _shadow.Length);
    }

    private static void Refuse(ulong bytes, ulong free, ref TextBuilder error)
    {
        error.Append("memory = ");
        error.AppendMemorySize(bytes);
        error.Append(" is more than the machine has free (");
        error.AppendMemorySize(free & ~0xF_FFFFul);
        error.Append("); lower memory in hypercore.conf or stop another VM");
    }

    private void AddSlots()
    {
        ulong guest = 0;
        for (int i = 0; i < _count; i++)
        {
            ulong start = _pieces[i].Start;
            ulong left = _pieces[i].Length;
            while (left > 0)
            {
                bool isLow = guest < PlatformLayout.LowMemoryLimit;
                ulong length = isLow ? Math.Min(left, PlatformLayout.LowMemoryLimit - guest) : left;
                _memory.Add(new MemorySlot(guest, length, (byte*)start, start));
                start += length;
                left -= length;
                guest += length;
                guest = guest == PlatformLayout.LowMemoryLimit ? PlatformLayout.HighMemoryBase : guest;
            }
        }
    }
}
