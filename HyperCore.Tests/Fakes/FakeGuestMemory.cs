using System;
using System.Collections.Generic;
using HyperCore.Core.Memory;

namespace HyperCore.Tests.Fakes;

/// <summary>Guest RAM in pinned arrays of the test process.</summary>
internal sealed unsafe class FakeGuestMemory
{
    private readonly List<byte[]> _backing = [];

    public FakeGuestMemory(ulong length = 0x10_0000, ulong guestPhysical = 0) => Add(guestPhysical, length);

    public GuestMemory Memory { get; } = new();

    public void Add(ulong guestPhysical, ulong length)
    {
        byte[] bytes = GC.AllocateArray<byte>((int)length, pinned: true);
        _backing.Add(bytes);
        fixed (byte* host = bytes)
        {
            Memory.Add(new MemorySlot(guestPhysical, length, host, 0x1_0000_0000 + guestPhysical));
        }
    }

    public void Write(ulong guestPhysical, params byte[] bytes) => Memory.TryWrite(guestPhysical, bytes);

    public void Write64(ulong guestPhysical, ulong value) => Memory.TryWrite(guestPhysical, BitConverter.GetBytes(value));

    public void Write32(ulong guestPhysical, uint value) => Memory.TryWrite(guestPhysical, BitConverter.GetBytes(value));

    public ulong Read64(ulong guestPhysical) => BitConverter.ToUInt64(Read(guestPhysical, 8));

    public uint Read32(ulong guestPhysical) => BitConverter.ToUInt32(Read(guestPhysical, 4));

    public byte[] Read(ulong guestPhysical, int length)
    {
        byte[] bytes = new byte[length];
        Memory.TryRead(guestPhysical, bytes);
        return bytes;
    }
}
