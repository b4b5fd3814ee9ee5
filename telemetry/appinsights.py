"""Azure Application Insights."""

from config.telemetry import TelemetrySettings, keep_azure_monitor_to_its_endpoint
from telemetry.exporters import Exporters


def exporters(settings: TelemetrySettings) -> Exporters:
    keep_azure_monitor_to_its_endpoint()
    from azure.monitor.opentelemetry.exporter import (  # noqa: PLC0415 - only when chosen
        AzureMonitorLogExporter,
        AzureMonitorMetricExporter,
        AzureMonitorTraceExporter,
    )

    secret = settings.applicationinsights_connection_string
    connection = secret.get_secret_value() if secret else None
    return Exporters(
        AzureMonitorTraceExporter(connection_string=connection, disable_offline_storage=True),
        AzureMonitorMetricExporter(connection_string=connection, disable_offline_storage=True),
        AzureMonitorLogExporter(connection_string=connection, disable_offline_storage=True),
    )
