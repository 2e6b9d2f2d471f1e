using HyperCore.Core.Devices;

namespace HyperCore.Core.Virtio;

/// <summary>
/// A virtio device as a PCI function (virtio 1.2, 4.1), without the legacy interface. It interrupts by MSI-X, or by its pin while the
/// guest has not enabled that.
/// </summary>
public sealed class VirtioPciTransport : PciFunction
{
    private const int SubsystemOffset = 0x2C;

    private readonly VirtioDevice _device;
    private readonly VirtioPciRegisters _registers;
    private readonly PciMsix _msix;
    private readonly int _msixCapability;
    private readonly int _accessCapability;
    private byte _isr;

    /// <summary>Puts a device behind PCI.</summary>
    /// <param name="device">The device.</param>
    /// <param name="classCode">PCI class code, 24 bits.</param>
    /// <param name="bus">The VM's APIC bus.</param>
    public VirtioPciTransport(VirtioDevice device, uint classCode, ApicBus bus)
        : base(VirtioPciLayout.VendorId, (ushort)(VirtioPciLayout.FirstDeviceId + device.Type), classCode, VirtioPciLayout.Revision)
    {
        _device = device;
        _registers = new VirtioPciRegisters(this, device);

        // One for the configuration and one for each queue.
        _msix = new PciMsix(bus, device.QueueCount + 1);
        DefineConfig(SubsystemOffset, 4, VirtioPciLayout.VendorId | ((uint)(VirtioPciLayout.FirstDeviceId + device.Type) << 16), 0);
        DefineInterruptPin(0);
        DefineMemoryBar(VirtioPciLayout.RegisterBar, VirtioPciLayout.RegisterBarSize, _registers);
        DefineMemoryBar(VirtioPciLayout.MsixBar, PciMsix.BarSize, _msix);
        _msixCapability = AddMsix();
        AddStructure(VirtioPciLayout.CommonConfiguration, VirtioPciLayout.CommonOffset, VirtioPciLayout.CommonLength);
        AddStructure(VirtioPciLayout.IsrConfiguration, VirtioPciLayout.IsrOffset, 1);
        if (device.ConfigSize > 0)
        {
            AddStructure(VirtioPciLayout.DeviceConfiguration, VirtioPciLayout.DeviceOffset, (uint)device.ConfigSize);
        }

        uint notifyLength = VirtioPciLayout.NotifyMultiplier * (uint)device.QueueCount;
        int notify = AddStructure(VirtioPciLayout.NotifyConfiguration, VirtioPciLayout.NotifyOffset, notifyLength, 4);
        DefineConfig(notify + VirtioPciLayout.DataField, 4, VirtioPciLayout.NotifyMultiplier, 0);
        _accessCapability = AddStructure(VirtioPciLayout.PciConfigurationAccess, 0, 0, 4);
        DefineConfig(_accessCapability + VirtioPciLayout.BarField, 1, 0, 0xFF);
        DefineConfig(_accessCapability + VirtioPciLayout.OffsetField, 4, 0, uint.MaxValue);
        DefineConfig(_accessCapability + VirtioPciLayout.LengthField, 4, 0, uint.MaxValue);
        DefineConfig(_accessCapability + VirtioPciLayout.DataField, 4, 0, uint.MaxValue);
        device.Connect(new Link(this));
    }

    /// <summary>The device.</summary>
    public VirtioDevice Device => _device;

    /// <summary>The MSI-X vector of configuration changes; <see cref="Virtqueue.NoVector"/> for none.</summary>
    internal ushort ConfigurationVector { get; set; } = Virtqueue.NoVector;

    /// <inheritdoc/>
    public override void Reset()
    {
        ResetInterrupts();
        base.Reset();
    }

    /// <summary>A vector that the driver chose, or <see cref="Virtqueue.NoVector"/> when there is no such one (4.1.5.1.2.1).</summary>
    internal ushort CheckVector(ushort vector) => vector < _msix.VectorCount ? vector : Virtqueue.NoVector;

    /// <summary>Reads the ISR status, which clears it and releases the pin (4.1.4.5).</summary>
    internal byte TakeIsr()
    {
        byte value = _isr;
        _isr = 0;
        SetInterrupt(false);
        return value;
    }

    /// <summary>The device is reset: all events are unmapped (4.1.5.1.2.1) and nothing waits.</summary>
    internal void ResetInterrupts()
    {
        ConfigurationVector = Virtqueue.NoVector;
        _msix.ClearPending();
        TakeIsr();
    }

    /// <inheritdoc/>
    protected override void OnConfigReading(int offset, int size)
    {
        if (Touches(offset, size, _accessCapability + VirtioPciLayout.DataField, 4) && IsAccessPossible(out uint at, out int length))
        {
            Write32(_accessCapability + VirtioPciLayout.DataField, (uint)_registers.ReadMmio(at, length));
        }
    }

    /// <inheritdoc/>
    protected override void OnConfigWritten(int offset, int size)
    {
        if (Touches(offset, size, _msixCapability + PciMsix.ControlOffset, 2))
        {
            _msix.SetControl((ushort)ReadConfig(_msixCapability + PciMsix.ControlOffset, 2));
            DrivePin();
        }

        if (Touches(offset, size, _accessCapability + VirtioPciLayout.DataField, 4) && IsAccessPossible(out uint at, out int length))
        {
            _registers.WriteMmio(at, length, DataOf(length));
        }

        if (Touches(offset, size, CommandOffset, 1))
        {
            _device.Resume(); // it may have been allowed to reach memory just now
        }
    }

    private static bool Touches(int offset, int size, int first, int length) => offset < first + length && offset + size > first;

    private int AddMsix()
    {
        int capability = AddCapability(PciCapability.MsiX, PciMsix.CapabilityLength);
        DefineConfig(capability + PciMsix.ControlOffset, 2, (uint)(_msix.VectorCount - 1), PciMsix.ControlWritable);
        DefineConfig(capability + 4, 4, VirtioPciLayout.MsixBar, 0);
        DefineConfig(capability + 8, 4, PciMsix.PendingOffset | VirtioPciLayout.MsixBar, 0);
        return capability;
    }

    // struct virtio_pci_cap, 4.1.4.
    private int AddStructure(byte type, uint offset, uint length, int extraBytes = 0)
    {
        int capabilityLength = VirtioPciLayout.CapabilityLength + extraBytes;
        int capability = AddCapability(PciCapability.VendorSpecific, capabilityLength);
        DefineConfig(capability + 2, 2, (uint)capabilityLength | ((uint)type << 8), 0);
        DefineConfig(capability + VirtioPciLayout.BarField, 4, VirtioPciLayout.RegisterBar, 0);
        DefineConfig(capability + VirtioPciLayout.OffsetField, 4, offset, 0);
        DefineConfig(capability + VirtioPciLayout.LengthField, 4, length, 0);
        return capability;
    }

    // 4.1.4.9: the window into the BAR. What is not aligned or outside of it does nothing.
    private bool IsAccessPossible(out uint offset, out int length)
    {
        uint bar = Read32(_accessCapability + VirtioPciLayout.BarField) & 0xFF;
        offset = Read32(_accessCapability + VirtioPciLayout.OffsetField);
        uint size = Read32(_accessCapability + VirtioPciLayout.LengthField);
        length = (int)size;
        return bar == VirtioPciLayout.RegisterBar && (size is 1 or 2 or 4) && offset % size == 0 && offset < VirtioPciLayout.RegisterBarSize;
    }

    private uint DataOf(int length) =>
        Read32(_accessCapability + VirtioPciLayout.DataField) & (uint)((1ul << (8 * length)) - 1);

    private void DrivePin() => SetInterrupt(_isr != 0 && !_msix.IsEnabled);

    private void Interrupt(ushort vector, byte isr)
    {
        if (_msix.IsEnabled)
        {
            // A message is a write to memory like any other (PCI 3.0, 6.2.2).
            if (IsBusMaster)
            {
                _msix.Signal(vector);
            }
        }
        else
        {
            _isr |= isr;
            DrivePin();
        }
    }

    private sealed class Link(VirtioPciTransport transport) : VirtioTransport
    {
        public override bool MayAccessMemory => transport.IsBusMaster;

        public override void NotifyUsed(Virtqueue queue) => transport.Interrupt(queue.Vector, VirtioPciLayout.IsrQueue);

        public override void NotifyConfigurationChange() => transport.Interrupt(transport.ConfigurationVector, VirtioPciLayout.IsrConfigurationChange);
    }
}
