using System;
using System.Collections.Generic;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>
/// As much of a PC as a virtio-pci device needs, with a driver for the transport that was written from virtio 1.2, 3.1 and 4.1: it finds the
/// structures through the capability list and reaches them through the BARs that the device map answers for.
/// </summary>
internal sealed class VirtioMachine
{
    public const ulong RingArea = 0x1_0000;
    public const ulong RingSpacing = 0x1_0000;
    public const ulong TableArea = 0x8_0000;
    public const ulong BufferArea = 0x10_0000;
    public const byte FirstVector = 0x40;

    private const int Slot = 3;
    private const ulong Ecam = Slot << 15;

    private readonly Dictionary<byte, (ulong Address, uint Length, int Capability)> _structures = [];

    public VirtioMachine(Func<VirtioMachine, VirtioDevice> create)
    {
        LocalApic = new LocalApic(0, Bus, Clock, Timers, TestApicPage.Create()) { IsBootProcessor = true };
        IoApic = new IoApic(Bus);
        Pci = new PciHostBridge(Devices, new PciInterrupts(IoApic));
        LocalApic.WriteMmio(ApicRegister.SpuriousVector, 4, 0x1FF);
        Device = create(this);
        Transport = new VirtioPciTransport(Device, 0x01_8000, Bus);
        Pci.Add(Slot, 0, Transport);
        PowerOn();
    }

    public FakeGuestMemory Memory { get; } = new(0x40_0000);

    public FakeClock Clock { get; } = new();

    public TimerSet Timers { get; } = new();

    public DeviceMap Devices { get; } = new();

    public ApicBus Bus { get; } = new();

    public LocalApic LocalApic { get; }

    public IoApic IoApic { get; }

    public PciHostBridge Pci { get; }

    public VirtioDevice Device { get; }

    public VirtioPciTransport Transport { get; }

    public RingDriver[] Rings { get; private set; } = [];

    public ulong Features { get; private set; }

    public DeviceStatus Status
    {
        get => (DeviceStatus)Common(20, 1);
        set => SetCommon(20, 1, (uint)value);
    }

    public void PowerOn()
    {
        Pci.Reset();
        Pci.AssignResources();
        FindStructures();
    }

    /// <summary>3.1.1, with MSI-X if wanted, and queues of a size at most.</summary>
    public void Start(ulong wanted, bool msix = true, int size = int.MaxValue)
    {
        WriteConfig(4, 2, 6); // memory decode and bus master
        Status = DeviceStatus.None;
        Assert.Equal(DeviceStatus.None, Status);
        Status = DeviceStatus.Acknowledge;
        Status |= DeviceStatus.Driver;
        Features = wanted & OfferedFeatures();
        Accept(Features);
        Status |= DeviceStatus.FeaturesOk;
        Assert.True((Status & DeviceStatus.FeaturesOk) != 0);
        if (msix)
        {
            EnableMsix();
        }

        SetUpQueues(msix, size);
        Status |= DeviceStatus.DriverOk;
    }

    public ulong OfferedFeatures()
    {
        SetCommon(0, 4, 0);
        ulong low = Common(4, 4);
        SetCommon(0, 4, 1);
        return low | ((ulong)Common(4, 4) << 32);
    }

    public void Accept(ulong features)
    {
        SetCommon(8, 4, 0);
        SetCommon(12, 4, (uint)features);
        SetCommon(8, 4, 1);
        SetCommon(12, 4, (uint)(features >> 32));
    }

    /// <summary>Offers a buffer and notifies the device when it wants that.</summary>
    public void Offer(int queue, int token, params Piece[] pieces)
    {
        if (Rings[queue].Offer(token, pieces))
        {
            Notify(queue);
        }
    }

    public void Notify(int queue)
    {
        (ulong address, _, int capability) = _structures[VirtioPciLayout.NotifyConfiguration];
        SetCommon(22, 2, (uint)queue);
        uint multiplier = ReadConfig(capability + 16, 4);
        WriteMemory(address + (Common(30, 2) * multiplier), 2, (uint)queue);
    }

    /// <summary>Lets time pass until no timer is due any more, at most this often.</summary>
    public int RunTimers(int limit = 10_000)
    {
        int fired = 0;
        while (Timers.NextDeadline != VirtualTimer.Never && fired < limit)
        {
            Clock.Set(Math.Max(Clock.Now, Timers.NextDeadline));
            Timers.FireDue(Clock.Now);
            fired++;
        }

        return fired;
    }

    /// <summary>Takes the interrupt that waits: its vector, or -1.</summary>
    public int TakeInterrupt()
    {
        int vector = LocalApic.PendingVector;
        if (vector >= 0)
        {
            LocalApic.Acknowledge(vector);
            LocalApic.WriteMmio(ApicRegister.EndOfInterrupt, 4, 0);
        }

        return vector;
    }

    public byte ReadIsr() => (byte)ReadMemory(_structures[VirtioPciLayout.IsrConfiguration].Address, 1);

    public uint DeviceConfig(uint offset, int size) => (uint)ReadMemory(_structures[VirtioPciLayout.DeviceConfiguration].Address + offset, size);

    public bool HasDeviceConfig => _structures.ContainsKey(VirtioPciLayout.DeviceConfiguration);

    public uint Common(uint offset, int size) => (uint)ReadMemory(_structures[VirtioPciLayout.CommonConfiguration].Address + offset, size);

    public void SetCommon(uint offset, int size, uint value) =>
        WriteMemory(_structures[VirtioPciLayout.CommonConfiguration].Address + offset, size, value);

    public uint ReadConfig(int offset, int size) => (uint)Pci.ReadMmio(Ecam + (ulong)offset, size) & (uint)((1ul << (8 * size)) - 1);

    public void WriteConfig(int offset, int size, uint value) => Pci.WriteMmio(Ecam + (ulong)offset, size, value);

    public ulong ReadMemory(ulong address, int size)
    {
        Device device = Assert.IsAssignableFrom<Device>(Devices.FindMemory(address, out ulong offset));
        ulong value = device.ReadMmio(offset, size);
        return size == 8 ? value : value & ((1ul << (8 * size)) - 1);
    }

    public void WriteMemory(ulong address, int size, ulong value) =>
        Assert.IsAssignableFrom<Device>(Devices.FindMemory(address, out ulong offset)).WriteMmio(offset, size, value);

    /// <summary>Offsets of the capabilities with an ID, in the order of the list.</summary>
    public List<int> Capabilities(byte id)
    {
        var found = new List<int>();
        Assert.True((ReadConfig(6, 2) & 0x10) != 0);
        for (int offset = (int)ReadConfig(0x34, 1); offset != 0; offset = (int)ReadConfig(offset + 1, 1))
        {
            Assert.Equal(0, offset & 3);
            if (ReadConfig(offset, 1) == id)
            {
                found.Add(offset);
            }
        }

        return found;
    }

    public ulong MsixTable()
    {
        int capability = Assert.Single(Capabilities(PciCapability.MsiX));
        uint table = ReadConfig(capability + 4, 4);
        return (ReadConfig(0x10 + (4 * (int)(table & 7)), 4) & ~0xFul) + (table & ~7u);
    }

    /// <summary>Vector 0 of the table to <see cref="FirstVector"/>, and so on.</summary>
    private void EnableMsix()
    {
        int capability = Assert.Single(Capabilities(PciCapability.MsiX));
        uint control = ReadConfig(capability + 2, 2);
        uint count = (control & 0x7FF) + 1;
        WriteConfig(capability + 2, 2, control | 0xC000);
        for (uint i = 0; i < count; i++)
        {
            ulong entry = MsixTable() + (16 * i);
            WriteMemory(entry, 4, 0xFEE0_0000);
            WriteMemory(entry + 4, 4, 0);
            WriteMemory(entry + 8, 4, FirstVector + i);
            WriteMemory(entry + 12, 4, 0);
        }

        WriteConfig(capability + 2, 2, control | 0x8000);
    }

    private void SetUpQueues(bool msix, int size)
    {
        int count = (int)Common(18, 2);
        Rings = new RingDriver[count];
        SetCommon(16, 2, msix ? 0 : 0xFFFFu);
        for (int i = 0; i < count; i++)
        {
            SetCommon(22, 2, (uint)i);
            int chosen = Math.Min(size, (int)Common(24, 2));
            SetCommon(24, 2, (uint)chosen);
            bool packed = (Features & RingDriver.PackedFlag) != 0;
            RingDriver ring = RingDriver.Create(packed, Memory, RingArea + ((ulong)i * RingSpacing), TableArea, chosen, Features);
            Rings[i] = ring;
            SetCommon(26, 2, msix ? (uint)i + 1 : 0xFFFF);
            Assert.Equal(msix ? (uint)i + 1 : 0xFFFF, Common(26, 2));
            SetCommon64(32, ring.DescriptorArea);
            SetCommon64(40, ring.DriverArea);
            SetCommon64(48, ring.DeviceArea);
            SetCommon(28, 2, 1);
            Assert.Equal(1u, Common(28, 2));
        }
    }

    private void SetCommon64(uint offset, ulong value)
    {
        SetCommon(offset, 4, (uint)value);
        SetCommon(offset + 4, 4, (uint)(value >> 32));
    }

    private void FindStructures()
    {
        _structures.Clear();
        foreach (int capability in Capabilities(PciCapability.VendorSpecific))
        {
            var type = (byte)ReadConfig(capability + 3, 1);
            ulong bar = ReadConfig(0x10 + (4 * (int)ReadConfig(capability + 4, 1)), 4) & ~0xFul;
            _structures.TryAdd(type, (bar + ReadConfig(capability + 8, 4), ReadConfig(capability + 12, 4), capability));
        }
    }
}
