namespace HyperCore.Core.Config;

/// <summary>One <c>[vm NAME]</c> section.</summary>
public sealed class VirtualMachineConfig
{
    /// <summary>The longest name.</summary>
    public const int MaxNameLength = 31;

    /// <summary>The most <c>module</c> lines.</summary>
    public const int MaxModules = 8;

    /// <summary>The most <c>disk</c> lines.</summary>
    public const int MaxDisks = 4;

    /// <summary>The most <c>pci</c> lines.</summary>
    public const int MaxPciDevices = 8;

    /// <summary>The least <c>memory</c> in bytes: 2 MiB.</summary>
    public const ulong MinMemory = 2ul << 20;

    /// <summary>The most <c>memory</c> in bytes: 1 TiB.</summary>
    public const ulong MaxMemory = 1ul << 40;

    /// <summary>The most <c>cpus</c>.</summary>
    public const int MaxProcessors = 8;

    private readonly ModuleConfig[] _modules = new ModuleConfig[MaxModules];
    private readonly string[] _disks = new string[MaxDisks];
    private readonly PciSelector[] _pciDevices = new PciSelector[MaxPciDevices];

    /// <summary>A VM with default values.</summary>
    /// <param name="name">Its name.</param>
    public VirtualMachineConfig(string name)
    {
        Name = name;
        Title = name;
    }

    /// <summary>The name: a-z, 0-9 and -, at most <see cref="MaxNameLength"/> characters.</summary>
    public string Name { get; }

    /// <summary>What the menu shows. Default: the name.</summary>
    public string Title { get; internal set; }

    /// <summary>How it boots. Default: linux.</summary>
    public BootKind Boot { get; internal set; } = BootKind.Linux;

    /// <summary>Path of the kernel on the partition, with backslashes. Required for linux and multiboot; null for firmware.</summary>
    public string? Kernel { get; internal set; }

    /// <summary>Path of the initial RAM disk, for linux. Default: null, none.</summary>
    public string? Initrd { get; internal set; }

    /// <summary>The kernel's command line. Default: empty.</summary>
    public string CommandLine { get; internal set; } = "";

    /// <summary>RAM in bytes, a multiple of 4 KiB. Required for linux and multiboot; 0 for firmware.</summary>
    public ulong Memory { get; internal set; }

    /// <summary>Virtual processors, 1 to <see cref="MaxProcessors"/>. Default: 1.</summary>
    public int Processors { get; internal set; } = 1;

    /// <summary>The screen. Default: mediated.</summary>
    public DisplayKind Display { get; internal set; } = DisplayKind.Mediated;

    /// <summary>The VM gets keyboard and mouse while it is in the foreground. Default: yes.</summary>
    public bool Hid { get; internal set; } = true;

    /// <summary>The VM has a network card at HyperCore's switch. Default: no.</summary>
    public bool Network { get; internal set; }

    /// <summary>The VM is started with HyperCore, in the background. Default: no.</summary>
    public bool AutoStart { get; internal set; }

    /// <summary>The VM has the disk whose contents are kept in the firmware's variables; one VM at most. Default: no.</summary>
    public bool Settings { get; internal set; }

    /// <summary>Per cent of processor time guaranteed while in the background, 1 to 100. Default: 10.</summary>
    public int Share { get; internal set; } = 10;

    /// <summary>What happens when the guest turns its machine off. Default: stop.</summary>
    public EndAction OnPowerOff { get; internal set; } = EndAction.Stop;

    /// <summary>What happens when the guest resets its machine. Default: restart.</summary>
    public EndAction OnReset { get; internal set; } = EndAction.Restart;

    /// <summary>What happens at a triple fault or when the guest does what HyperCore cannot carry out. Default: stop.</summary>
    public EndAction OnCrash { get; internal set; } = EndAction.Stop;

    /// <summary>Number of modules.</summary>
    public int ModuleCount { get; private set; }

    /// <summary>Number of disks.</summary>
    public int DiskCount { get; private set; }

    /// <summary>Number of PCI devices asked for.</summary>
    public int PciDeviceCount { get; private set; }

    /// <summary>Why this VM cannot be started, in plain words; null when its configuration allows it.</summary>
    public string? CannotStart { get; internal set; }

    /// <summary>What is different from what was asked for, in plain words; null when nothing is.</summary>
    public string? Note { get; internal set; }

    /// <summary>Line of the section's header, from 1.</summary>
    internal int Line { get; set; }

    /// <summary>Column of the name in that line, from 1.</summary>
    internal int Column { get; set; }

    /// <summary>The module at <paramref name="index"/>, in the order of the file.</summary>
    public ModuleConfig GetModule(int index) => _modules[index];

    /// <summary>The path of the file behind the disk at <paramref name="index"/>, in the order of the file.</summary>
    public string GetDisk(int index) => _disks[index];

    /// <summary>The PCI device at <paramref name="index"/>, in the order of the file.</summary>
    public PciSelector GetPciDevice(int index) => _pciDevices[index];

    internal bool AddModule(ModuleConfig module)
    {
        if (ModuleCount == MaxModules)
        {
            return false;
        }

        _modules[ModuleCount++] = module;
        return true;
    }

    internal bool AddDisk(string path)
    {
        if (DiskCount == MaxDisks)
        {
            return false;
        }

        _disks[DiskCount++] = path;
        return true;
    }

    internal bool AddPciDevice(PciSelector device)
    {
        if (PciDeviceCount == MaxPciDevices)
        {
            return false;
        }

        _pciDevices[PciDeviceCount++] = device;
        return true;
    }
}
