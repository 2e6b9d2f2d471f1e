using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Machine;

/// <summary>The host memory behind one VM: its RAM in as few pieces as the machine has, and the shadow of its screen.</summary>
public sealed unsafe class GuestRam
{
    private const ulong Granule = 0x20_0000;
    private const int MaxPieces = GuestMemory.MaxSlots - 1;

    private readonly FrameAllocator _pool;
    private readonly Piece[] _pieces = new Piece[MaxPieces];
    private int _count;
    private ulong _shadowSize;

    /// <summary>Creates an object that holds no memory.</summary>
    public GuestRam(FrameAllocator pool) => _pool = pool;

    /// <summary>RAM below 4 GiB.</summary>
    public ulong LowBytes { get; private set; }

    /// <summary>RAM above 4 GiB.</summary>
    public ulong HighBytes { get; private set; }

    /// <summary>Where the host reaches the shadow of the screen.</summary>
    public byte* Shadow => (byte*)ShadowPhysical;

    /// <summary>Host-physical address of the shadow of the screen.</summary>
    public ulong ShadowPhysical { get; private set; }

    /// <summary>Takes memory and lays it out as the guest sees it. RAM is zeroed.</summary>
    /// <param name="bytes">RAM, a multiple of 4 KiB.</param>
    /// <param name="shadowBytes">Bytes for the shadow of the screen.</param>
    /// <param name="memory">Gets the slots.</param>
    /// <param name="error">Why it was not possible.</param>
    public bool TryAllocate(ulong bytes, ulong shadowBytes, GuestMemory memory, ref TextBuilder error)
    {
        memory.Clear();
        ulong guest = 0;
        ulong left = bytes;
        while (left > 0)
        {
            ulong limit = guest < PlatformLayout.LowMemoryLimit ? PlatformLayout.LowMemoryLimit - guest : ulong.MaxValue;
            if (!TryTakePiece(Math.Min(left, limit), out ulong taken) || !memory.Add(new MemorySlot(guest, taken, LastPiece, (ulong)LastPiece)))
            {
                Refuse(bytes, ref error);
                Free();
                memory.Clear();
                return false;
            }

            guest += taken;
            left -= taken;
            if (guest == PlatformLayout.LowMemoryLimit)
            {
                guest = PlatformLayout.HighMemoryBase;
            }
        }

        if (shadowBytes > 0 && !TryTakeShadow(shadowBytes))
        {
            Refuse(bytes, ref error);
            Free();
            memory.Clear();
            return false;
        }

        LowBytes = Math.Min(bytes, PlatformLayout.LowMemoryLimit);
        HighBytes = bytes - LowBytes;
        Zero();
        return true;
    }

    /// <summary>Zeroes the RAM.</summary>
    public void Zero()
    {
        for (int i = 0; i < _count; i++)
        {
            HostMemory.Zero((byte*)_pieces[i].Address, _pieces[i].Length);
        }
    }

    /// <summary>Zeroes everything and gives it back.</summary>
    public void Free()
    {
        for (int i = 0; i < _count; i++)
        {
            HostMemory.Zero((byte*)_pieces[i].Address, _pieces[i].Length);
            _pool.Free(_pieces[i].Address, _pieces[i].Length);
        }

        _count = 0;
        if (_shadowSize > 0)
        {
            HostMemory.Zero(Shadow, _shadowSize);
            _pool.Free(ShadowPhysical, _shadowSize);
            _shadowSize = 0;
        }
    }

    private byte* LastPiece => (byte*)_pieces[_count - 1].Address;

    private bool TryTakePiece(ulong wanted, out ulong taken)
    {
        // The largest piece there is, in whole 2 MiB, so that nested paging can use large pages.
        taken = wanted;
        while (_count < MaxPieces)
        {
            if (_pool.TryAllocate(taken, Granule, out ulong address))
            {
                _pieces[_count++] = new Piece(address, taken);
                return true;
            }

            if (taken <= Granule)
            {
                return false;
            }

            taken = ((taken / 2) + Granule - 1) & ~(Granule - 1);
        }

        return false;
    }

    private bool TryTakeShadow(ulong bytes)
    {
        if (!_pool.TryAllocate(bytes, Granule, out ulong address))
        {
            return false;
        }

        ShadowPhysical = address;
        _shadowSize = bytes;
        return true;
    }

    private void Refuse(ulong bytes, ref TextBuilder error)
    {
        error.Append("memory = ");
        error.AppendMemorySize(bytes);
        error.Append(" is more than the machine has free (");
        error.AppendMemorySize(_pool.FreeBytes + TakenBytes);
        error.Append("); lower memory in hypercore.conf or stop another VM");
    }

    private ulong TakenBytes
    {
        get
        {
            ulong total = 0;
            for (int i = 0; i < _count; i++)
            {
                total += _pieces[i].Length;
            }

            return total;
        }
    }

    private readonly struct Piece(ulong address, ulong length)
    {
        public readonly ulong Address = address;
        public readonly ulong Length = length;
    }
}
