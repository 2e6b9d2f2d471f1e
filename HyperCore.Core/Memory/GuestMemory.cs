using System;

namespace HyperCore.Core.Memory;

/// <summary>
/// A guest's RAM as HyperCore sees it. Guest-physical addresses come from a hostile guest, so nothing here trusts them:
/// every access is checked against the slots, and an access that leaves RAM reports failure instead of touching memory.
/// </summary>
public sealed unsafe class GuestMemory
{
    /// <summary>The most slots one guest can have.</summary>
    public const int MaxSlots = 16;

    private readonly MemorySlot[] _slots = new MemorySlot[MaxSlots];
    private int _count;

    /// <summary>Number of slots in use.</summary>
    public int SlotCount => _count;

    /// <summary>Total RAM in bytes.</summary>
    public ulong TotalBytes { get; private set; }

    /// <summary>Changes with every change to the slots: whoever keeps a host pointer compares it before using the pointer again.</summary>
    public int Generation { get; private set; }

    /// <summary>Who zeroes RAM when it is first wanted; null when all of it is as it should be.</summary>
    public RamPreparation? Preparation { get; init; }

    /// <summary>The slot at <paramref name="index"/>, in ascending order of guest-physical address.</summary>
    public MemorySlot this[int index] => _slots[index];

    /// <summary>Forgets all slots. The memory itself belongs to the caller.</summary>
    public void Clear()
    {
        _count = 0;
        TotalBytes = 0;
        Generation++;
    }

    /// <summary>Adds a slot. Slots are added in ascending order and never overlap.</summary>
    /// <returns>False when there is no room for another slot or it is out of order.</returns>
    public bool Add(MemorySlot slot)
    {
        if (_count == MaxSlots || slot.Length == 0)
        {
            return false;
        }

        if (_count > 0)
        {
            MemorySlot last = _slots[_count - 1];
            if (slot.GuestPhysical < last.GuestPhysical + last.Length)
            {
                return false;
            }
        }

        int chunk = _count == 0 ? 0 : _slots[_count - 1].FirstChunk + RamChunk.CountIn(_slots[_count - 1]);
        _slots[_count++] = slot with { FirstChunk = chunk };
        TotalBytes += slot.Length;
        Generation++;
        return true;
    }

    /// <summary>
    /// Host pointer to <paramref name="length"/> bytes of RAM at <paramref name="guestPhysical"/>, or null when any of them is not RAM
    /// of one slot.
    /// </summary>
    public byte* Translate(ulong guestPhysical, ulong length) => Translate(guestPhysical, length, out _);

    /// <summary>As <see cref="Translate(ulong, ulong)"/>, with the host-physical address.</summary>
    public byte* Translate(ulong guestPhysical, ulong length, out ulong hostPhysical)
    {
        for (int i = 0; i < _count; i++)
        {
            ref MemorySlot slot = ref _slots[i];
            ulong offset = guestPhysical - slot.GuestPhysical;
            if (offset < slot.Length)
            {
                if (length > slot.Length - offset)
                {
                    break;
                }

                Preparation?.Require(slot, offset, length);
                hostPhysical = slot.HostPhysical + offset;
                return slot.Host + offset;
            }
        }

        hostPhysical = 0;
        return null;
    }

    /// <summary>All RAM is zero again, as after power-on: whatever was prepared is forgotten, and so are host pointers to it.</summary>
    /// <param name="breather">What is done each time a part of much memory has been zeroed; null when there is nothing.</param>
    public void Renew(Action? breather = null)
    {
        Preparation?.Begin(this, breather);
        Generation++;
    }

    /// <summary>Whether all of a range is RAM; it may cross slots that touch.</summary>
    public bool IsRam(ulong guestPhysical, ulong length)
    {
        for (int i = 0; i < _count && length > 0; i++)
        {
            // Slots ascend, so what is left of the range is looked for in the next one only.
            ref MemorySlot slot = ref _slots[i];
            ulong offset = guestPhysical - slot.GuestPhysical;
            if (offset < slot.Length)
            {
                ulong inside = Math.Min(length, slot.Length - offset);
                guestPhysical += inside;
                length -= inside;
            }
        }

        return length == 0;
    }

    /// <summary>A span over RAM, or an empty one (for a non-zero length: failure) when the range is not RAM of one slot.</summary>
    public bool TrySlice(ulong guestPhysical, int length, out Span<byte> span)
    {
        byte* host = length < 0 ? null : Translate(guestPhysical, (ulong)length);
        span = host == null ? default : new Span<byte>(host, length);
        return host != null;
    }

    /// <summary>Copies bytes into RAM; the range may cross slots that touch.</summary>
    /// <returns>False when part of the range is not RAM; what lies before it may have been written.</returns>
    public bool TryWrite(ulong guestPhysical, ReadOnlySpan<byte> source)
    {
        while (source.Length > 0)
        {
            int chunk = ContiguousBytes(guestPhysical, source.Length);
            if (chunk == 0)
            {
                return false;
            }

            source.Slice(0, chunk).CopyTo(new Span<byte>(Translate(guestPhysical, (ulong)chunk), chunk));
            guestPhysical += (ulong)chunk;
            source = source.Slice(chunk);
        }

        return true;
    }

    /// <summary>Copies bytes out of RAM; the range may cross slots that touch.</summary>
    /// <returns>False when part of the range is not RAM.</returns>
    public bool TryRead(ulong guestPhysical, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int chunk = ContiguousBytes(guestPhysical, destination.Length);
            if (chunk == 0)
            {
                return false;
            }

            new ReadOnlySpan<byte>(Translate(guestPhysical, (ulong)chunk), chunk).CopyTo(destination);
            guestPhysical += (ulong)chunk;
            destination = destination.Slice(chunk);
        }

        return true;
    }

    private int ContiguousBytes(ulong guestPhysical, int wanted)
    {
        for (int i = 0; i < _count; i++)
        {
            ref MemorySlot slot = ref _slots[i];
            ulong offset = guestPhysical - slot.GuestPhysical;
            if (offset < slot.Length)
            {
                ulong available = slot.Length - offset;
                return available < (ulong)wanted ? (int)available : wanted;
            }
        }

        return 0;
    }
}
