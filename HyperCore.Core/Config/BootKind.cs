namespace HyperCore.Core.Config;

/// <summary>How a VM boots: the value of <c>boot</c>.</summary>
public enum BootKind
{
    /// <summary><c>linux</c>: a bzImage or an ELF vmlinux from the HyperCore partition.</summary>
    Linux,

    /// <summary><c>multiboot</c>: a Multiboot 1 kernel from the HyperCore partition.</summary>
    Multiboot,

    /// <summary><c>firmware</c>: the operating system installed on the machine.</summary>
    Firmware,
}
